// A worker of a web page: audits the files that it is sent, and answers with the report.
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { readBatch } from '@mkiot/esp32/audit/inputs/readDevice';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import { RULES } from '@mkiot/esp32/audit/rules';

addEventListener('message', async ({ data: files }) => {
  const devices = await readBatch([{ name: 'device', files, mayHoldOthers: false }], { publicKeys: [] }, portableAes);
  const onRuleFailure = (_, error) => reportError(error);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no other origin to name
  self.postMessage(await buildReport(devices, { rules: RULES, nowMs: Date.now(), tool: 'test', onRuleFailure }));
});
