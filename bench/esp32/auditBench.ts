import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openModulePage } from '../../test/browser/modulePage.ts';
import { markdownTable } from '../markdownTable.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { AUDIT_CASES, measureAudit } from './auditCases.ts';

/** Most memory that a process may take which audits a dump, Node and the dump included; MB. */
const WANTED_MEMORY = 200;

/** Measures the audit of a flash dump in Node and in a page, and prints a table. */
export async function runAuditBench(print: (line: string) => void): Promise<void> {
  print('# Audit of a flash dump: reading it, and all rules');
  print('');
  print(
    'Seconds: median of 5 rounds, with the least and the greatest. The least is what is compared: other programs can only',
  );
  print('slow a round. Memory is the most that a process of its own takes for 5 rounds.');
  print('');
  await using it = await openModulePage();
  const rows: string[][] = [];
  for (const { title, wanted } of AUDIT_CASES) {
    const inNode = measureAudit(title);
    const inPage = await it.page.evaluate(measureInPage, title);
    const memory = memoryOf(title);
    const verdict = memory <= WANTED_MEMORY ? 'met' : 'missed';
    rows.push([
      title,
      ...cells(inNode, wanted.node),
      ...cells(inPage, wanted.page),
      `${memory} MB`,
      `${WANTED_MEMORY}: ${verdict}`,
    ]);
  }
  const heads = ['', 'Node', 'wanted', 'page of Chromium', 'wanted', 'memory', 'wanted'];
  for (const line of markdownTable(heads, rows)) print(line);
}

/** Runs in the page. */
async function measureInPage(title: string): Promise<readonly number[]> {
  const module = '/bench/esp32/auditCases.ts';
  const cases = (await import(module)) as { readonly measureAudit: typeof measureAudit };
  return cases.measureAudit(title);
}

function memoryOf(title: string): number {
  const program = fileURLToPath(new URL('auditMemory.ts', import.meta.url));
  return Number(execFileSync(process.execPath, [program, title], { encoding: 'utf8' }));
}

function cells(rounds: readonly number[], wanted: number): readonly string[] {
  const spread = spreadOf(rounds.map((ms) => ms / 1000));
  return [formatSpread(spread, 2), `${wanted}: ${spread.min <= wanted ? 'met' : 'missed'}`];
}
