import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startTestPlatform } from '../../platform/platform.testing.ts';

const dump = new URL('../../../../esp32/src/audit/flash/vectors/open-arduino-board.bin.gz', import.meta.url);
/** In the dump nothing has been written there. */
const OFFSET = 0x3ff123;

test('a bare private key in a dump is proven by the registry, which has its public half', async () => {
  await using it = await startTestPlatform();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [keyFile, flashFile] = [join(it.outside, 'pump-1.pem'), join(it.outside, 'flash.bin')];
  await writeFile(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const flash = gunzipSync(await readFile(dump));
  Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url').copy(flash, OFFSET);
  await writeFile(flashFile, flash);
  await it.mkiot('device', 'create', 'pump-1', '--key', keyFile);

  const keyFindings = async (...words: readonly string[]) => {
    const report = JSON.parse((await it.mkiot('audit', flashFile, ...words, '--json')).stdout) as AuditReport;
    const findings = report.devices.flatMap((device) => device.findings);
    return findings.filter(({ evidence }) => evidence.some(({ offset }) => offset === OFFSET));
  };
  assert.deepEqual(await keyFindings(), []);
  const [finding, ...others] = await keyFindings('--device', 'pump-1');
  assert.deepEqual([finding?.ruleId, finding?.confidence, others], ['key-in-clear', 'proven', []]);
  assert.match(JSON.stringify(finding), /key 1 of pump-1 in the registry/);

  const unknown = await it.mkiot('audit', flashFile, '--device', 'pump-2');
  assert.match(unknown.stderr, /\[DEVICE_NOT_FOUND\]/);
});
