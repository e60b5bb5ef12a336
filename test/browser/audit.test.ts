import { readBatch } from '@mkiot/esp32/audit/inputs/readDevice';
import type { AuditReport, DeviceReport } from '@mkiot/esp32/audit/report/auditReport';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import { RULES } from '@mkiot/esp32/audit/rules';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { wants } from '../support/wants.ts';
import { openModulePage } from './modulePage.ts';

const FLASH_BYTES = 0x1000000;
/** What a person at a page waits for 16 MB, at most. */
const MOST_MS = 10_000;
const VECTORS = '/packages/esp32/src/audit';

/** Flash of 16 MB: a device with a key in clear, and after it what looks encrypted, the slowest to look through. */
async function largeFlash(): Promise<Uint8Array<ArrayBuffer>> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const device = gunzipSync(await readFile(`${root}${VECTORS}/flash/vectors/open-arduino-board.bin.gz`));
  const flash = new Uint8Array(FLASH_BYTES);
  // A fixed generator: what is compared has to be the same in the page and here.
  let state = 1;
  for (let at = 0; at < flash.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    flash[at] = state >>> 24;
    flash[at + 1] = state >>> 16;
    flash[at + 2] = (state >>> 8) ^ (state >>> 24);
    flash[at + 3] = state >>> 20;
  }
  flash.set(device);
  return flash;
}

/** What the page's module says of its audit. */
interface AuditInPage {
  readonly report: AuditReport;
  readonly elapsedMs: number;
  /** How often the page had its turn meanwhile. */
  readonly turns: number;
}

/** Runs in the page. */
async function auditInPage(address: string): Promise<AuditInPage> {
  const module = '/test/browser/auditPage.mjs';
  const { auditInWorker } = (await import(module)) as { auditInWorker: (address: string) => Promise<AuditInPage> };
  return auditInWorker(address);
}

test(
  'a page audits 16 MB of flash in a worker as Node does, within ten seconds, and stays awake',
  wants('chromium'),
  async () => {
    await using it = await openModulePage();
    const flash = await largeFlash();
    await it.page.route('**/flash.bin', (route) => route.fulfill({ body: Buffer.from(flash) }));
    const { report, elapsedMs, turns } = await it.page.evaluate(auditInPage, '/flash.bin');
    assert.ok(elapsedMs < MOST_MS, `${elapsedMs} ms`);
    assert.ok(turns > 0);
    assert.deepEqual(report.devices, await auditedHere(flash));
    assert.ok(report.devices[0]?.findings.some(({ ruleId }) => ruleId === 'key-in-clear'));
  },
);

async function auditedHere(bytes: Uint8Array<ArrayBuffer>): Promise<readonly DeviceReport[]> {
  const files = [{ name: 'flash.bin', bytes }];
  const devices = await readBatch([{ name: 'device', files, mayHoldOthers: false }], { publicKeys: [] }, nodeAes);
  const report = await buildReport(devices, { rules: RULES, nowMs: 0, tool: 'test', onRuleFailure: assert.fail });
  return JSON.parse(JSON.stringify(report.devices)) as readonly DeviceReport[];
}
