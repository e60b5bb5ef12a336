import { cpus, loadavg } from 'node:os';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { openModulePage } from '../../test/browser/modulePage.ts';
import { commitOfCheckout } from '../machine.ts';
import { markdownTable } from '../markdownTable.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { FLASH_CIPHER_CASES, measureFlashCipher } from './flashCipherCases.ts';

/** Measures flash encryption in Node and in a page, and prints a table. */
export async function runFlashCipherBench(print: (line: string) => void): Promise<void> {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  print(`# Flash encryption of ESP32 chips on one core, commit ${commitOfCheckout()}`);
  print('');
  print(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; load average before ${load}.`);
  print(
    'MB/s of 512 KiB: median of 100 rounds, with the least and the greatest. Other programs can only slow a round, so the',
  );
  print('greatest tells what the cipher does with a core of its own, and is what is compared.');
  print('');
  await using it = await openModulePage();
  const rows: string[][] = [];
  for (const { title, wanted } of FLASH_CIPHER_CASES) {
    const inNode = await measureFlashCipher(title, nodeAes);
    const inPage = await it.page.evaluate(measureInPage, title);
    rows.push([title, ...cells(inNode, wanted.node), ...cells(inPage, wanted.page)]);
  }
  for (const line of markdownTable(['', 'Node', 'wanted', 'page of Chromium', 'wanted'], rows)) print(line);
}

/** Runs in the page. */
async function measureInPage(title: string): Promise<readonly number[]> {
  const module = '/bench/esp32/flashCipherCases.ts';
  const cases = (await import(module)) as { readonly measureFlashCipher: typeof measureFlashCipher };
  return cases.measureFlashCipher(title);
}

function cells(rounds: readonly number[], wanted: number): readonly string[] {
  const spread = spreadOf(rounds);
  return [formatSpread(spread, 0), `${wanted}: ${spread.max >= wanted ? 'met' : 'missed'}`];
}
