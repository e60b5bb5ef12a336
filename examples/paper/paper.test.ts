import { audit } from '@mkiot/esp32/audit/audit';
import type { Evidence } from '@mkiot/esp32/audit/finding';
import { readDevice, type ReadDevice } from '@mkiot/esp32/audit/inputs/readDevice';
import { RULES } from '@mkiot/esp32/audit/rules';
import { textReport } from '@mkiot/esp32/audit/report/textReport';
import { buildReport } from '@mkiot/esp32/audit/report/buildReport';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { buildPaperDevice } from './paperDevice.ts';

const files = (await buildPaperDevice()).map(({ path, bytes }) => ({ name: path, bytes }));
const named = (wanted: string) => {
  const file = files.find(({ name }) => name === wanted);
  return file ?? assert.fail(wanted);
};
const shown = files.filter(({ name }) => name.startsWith('device/'));

function read(withKey: boolean): Promise<ReadDevice> {
  const device = { name: 'device', files: shown, mayHoldOthers: false };
  const flashKey = withKey ? named('flash-encryption.key') : undefined;
  return readDevice(device, { publicKeys: [], flashKey, before: named('flash-before.bin') }, nodeAes);
}

const device = await read(false);
const { findings } = audit(device.subject, RULES, assert.fail);
const evidenceOf = (ruleId: string): readonly Evidence[] =>
  findings.filter((finding) => finding.ruleId === ruleId).flatMap(({ evidence }) => evidence);

test('every file of the device is an input, and they are of one device', () => {
  assert.deepEqual(device.problems, []);
  assert.deepEqual(device.leftOut, []);
  assert.equal(device.inputs.length, shown.length);
});

test('figure 3: the settings that left everything open are found in the sdkconfig', () => {
  assert.equal(evidenceOf('config-insecure-options').length, 5);
});

test('figure 4: every open eFuse is found', () => {
  const fields = findings.flatMap(({ evidence }) => evidence.map(({ field }) => field));
  for (const field of [
    'FLASH_CRYPT_CNT',
    'FLASH_CRYPT_CONFIG',
    'ABS_DONE_0',
    'ABS_DONE_1',
    'JTAG_DISABLE',
    'DISABLE_DL_ENCRYPT',
    'DISABLE_DL_DECRYPT',
    'DISABLE_DL_CACHE',
  ]) {
    assert.ok(fields.includes(field), field);
  }
});

test('figure 5: every warning of the first boot is found', () => {
  const lines = findings.flatMap(({ evidence }) => evidence.filter(({ source }) => source === 'device/boot.log'));
  for (const words of [
    ...['encryption', 'decryption - SECURITY', 'MMU cache'].map((what) => `Not disabling UART bootloader ${what}`),
    'Not disabling JTAG',
    'Not disabling FLASH_CRYPT_CNT',
    'image at 0x1f0000 has invalid magic byte',
  ]) {
    assert.ok(
      lines.some(({ text }) => text.includes(words)),
      words,
    );
  }
});

test('figure 6: the bootloader was readable before, and is not after', () => {
  const bootloader = (dump: ReadDevice['before']): string | undefined =>
    dump?.value.regions.find(({ name }) => name === 'bootloader')?.content;
  assert.equal(bootloader(device.before), 'plain');
  assert.equal(bootloader(device.subject.flash), 'encrypted');
});

test('figure 7: all three private keys are read out of the encrypted device, twice, and proven', () => {
  const keys = findings.filter(({ ruleId }) => ruleId === 'key-in-clear');
  assert.deepEqual(
    keys.map(({ severity, confidence }) => [severity, confidence]),
    [['critical', 'proven']],
  );
  assert.deepEqual(
    evidenceOf('key-in-clear').map(({ offset, partition, nvsKey }) => [offset, partition, nvsKey]),
    [
      [0x9080, 'nvs', 'eeprom/eeprom'],
      [0x9100, 'nvs', 'eeprom/eeprom'],
      [0x9180, 'nvs', 'eeprom/eeprom'],
      [0x3d0000, 'eeprom', undefined],
      [0x3d0080, 'eeprom', undefined],
      [0x3d0100, 'eeprom', undefined],
    ],
  );
});

test('figure 8: what is encrypted, what is not, and what cannot be', () => {
  const content = device.subject.flash?.value.regions.map(({ name, content }) => [name, content]);
  assert.deepEqual(content, [
    ['unassigned', 'erased'],
    ['bootloader', 'encrypted'],
    ['partition table', 'encrypted'],
    ['nvs', 'plain'],
    ['otadata', 'encrypted'],
    ['app0', 'encrypted'],
    ['app1', 'erased'],
    ['eeprom', 'plain'],
    ['spiffs', 'erased'],
  ]);
  assert.equal(evidenceOf('nvs-plain-while-fe').length, 1);
});

test('with the flash key the same is found, and without any other file the keys still are', async () => {
  const ruleIds = (subject: ReadDevice['subject']): ReadonlySet<string> =>
    new Set(audit(subject, RULES, assert.fail).findings.map(({ ruleId }) => ruleId));
  const withKey = ruleIds((await read(true)).subject);
  for (const { ruleId } of findings) if (ruleId !== 'partition-md5-missing') assert.ok(withKey.has(ruleId), ruleId);
  const alone = { name: 'device', files: [named('device/flash.bin')], mayHoldOthers: false };
  const { subject } = await readDevice(alone, { publicKeys: [] }, nodeAes);
  const found = ruleIds(subject);
  assert.ok(found.has('key-in-clear') && found.has('nvs-plain-while-fe') && found.has('ecb-visible'));
  assert.equal(subject.flash?.value.assumedLayout, 'Arduino "min_spiffs", before 1.0.3');
});

test('no private key is in the report', () => {
  const told = JSON.stringify(findings);
  const eeprom = named('device/flash.bin').bytes.subarray(0x3d0000, 0x3d0000 + 95);
  const key = new TextDecoder().decode(eeprom);
  assert.match(key, /^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/);
  for (let at = 0; at + 12 <= key.length; at += 12) assert.ok(!told.includes(key.slice(at, at + 12)));
});

test('what the README shows is what the audit prints, but for the fingerprints of keys', async () => {
  const context = { rules: RULES, nowMs: 0, tool: '0.0.0', onRuleFailure: assert.fail };
  const printed = withoutFingerprints(textReport(await buildReport([device], context), 80).join('\n'));
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const shown = /\n\$ npx mkiot audit --before[^\n]*\n([^`]*)```/.exec(readme)?.[1] ?? assert.fail('README.md');
  for (const piece of shown.split(/…\n/)) assert.ok(printed.includes(withoutFingerprints(piece).trimEnd()), piece);
});

function withoutFingerprints(text: string): string {
  return text.replaceAll(/[0-9a-f]{12}…/g, '').replaceAll(/\s+/g, ' ');
}
