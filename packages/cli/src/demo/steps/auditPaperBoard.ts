import type { InputFile } from '@mkiot/esp32/audit/inputs/auditInput';
import { readBatch } from '@mkiot/esp32/audit/inputs/readDevice';
import { evidencePlace } from '@mkiot/esp32/audit/report/evidencePlace';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import { findingCounts } from '@mkiot/esp32/audit/report/findingCounts';
import { RULES } from '@mkiot/esp32/audit/rules';
import { buildPaperDevice } from '@mkiot/paper/paperDevice';
import { version } from '@mkiot/server/platform/version';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { demoError, expectEqual } from '../demoErrors.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';

/** What whoever holds the board finds first. */
const KEY_IN_CLEAR = 'key-in-clear';

/** Audits what one has of the paper's board: dump, eFuses, boot log, settings, partition table and the keys it logs in with. */
export async function auditPaperBoardStep(tell: Tell, { clock }: DemoPorts): Promise<void> {
  const files = (await buildPaperDevice()).map(({ path: name, bytes }): InputFile => ({ name, bytes }));
  const shown = files.filter(({ name }) => name.startsWith('device/'));
  const devices = await readBatch(
    [{ name: 'board A', files: shown, mayHoldOthers: false }],
    { publicKeys: [] },
    nodeAes,
  );
  const report = await buildReport(devices, {
    rules: RULES,
    nowMs: clock.now(),
    tool: version,
    onRuleFailure: (rule, error) => {
      throw demoError('DEMO_OTHERWISE', { what: `The rule ${rule}`, found: String(error), expected: 'a judgement' });
    },
  });
  expectEqual("The grade of the paper's board", report.grade, 'F');
  tell(`grade ${report.grade}: ${findingCounts(report)}, found in ${shown.length} files of the board`, 'red');
  const found = report.devices.flatMap(({ findings }) => findings).find(({ ruleId }) => ruleId === KEY_IN_CLEAR);
  if (found === undefined) throw demoError('DEMO_MISSING', { what: KEY_IN_CLEAR, where: 'the audit' });
  tell(`${found.severity}: ${found.title}`);
  for (const evidence of found.evidence.slice(0, 3)) tell(`  ${evidencePlace(evidence)}: ${evidence.text}`);
}
