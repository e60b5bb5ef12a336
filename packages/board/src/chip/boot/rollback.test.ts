import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildOtadata, OTA_STATES, type OtaCopy, type OtaEntry, parseOtadata } from '@mkiot/esp32/otadata/otadata';
import { BootRig, partition, PARTITIONS } from '../bootRig.testing.ts';
import { efuseOnes } from './efuseFields.ts';

const OTADATA = 0xe000;
const OTA_0 = 0x20000;
const OTA_1 = 0x30000;

function entry(sequence: number, state: keyof typeof OTA_STATES): OtaEntry {
  return { sequence, label: new Uint8Array(20).fill(0xff), state: OTA_STATES[state] };
}

function otadataOf(rig: BootRig): readonly [OtaCopy, OtaCopy] {
  return parseOtadata(rig.cells.slice(OTADATA, OTADATA + 0x2000));
}

function stateOf(rig: BootRig, sector: 0 | 1): number | undefined {
  const copy = otadataOf(rig)[sector];
  return typeof copy === 'object' ? copy.state : undefined;
}

/** Two slots with apps 2.0.0 and 3.0.0, and the OTA data that choose among them. */
async function updated(one: OtaEntry | 'erased', other: OtaEntry | 'erased'): Promise<BootRig> {
  const rig = await BootRig.flashed();
  rig.put(OTA_0, await rig.app('2.0.0'));
  rig.put(OTA_1, await rig.app('3.0.0'));
  rig.put(OTADATA, buildOtadata([one, other]));
  return rig;
}

test('a new app is on trial at its first boot', async () => {
  const rig = await updated(entry(1, 'NEW'), 'erased');
  await rig.bootUntil('blink 2.0.0 runs from ota_0');
  assert.equal(stateOf(rig, 0), OTA_STATES.PENDING_VERIFY);
});

test('an app that did not confirm itself is given up at the next boot, for the one before', async () => {
  const rig = await updated(entry(1, 'VALID'), entry(2, 'NEW'));
  await rig.bootUntil('blink 3.0.0 runs from ota_1');
  await rig.bootUntil('blink 2.0.0 runs from ota_0');
  assert.equal(stateOf(rig, 1), OTA_STATES.ABORTED);
  await rig.bootUntil('blink 2.0.0 runs from ota_0');
});

test('where no slot is left the factory app boots', async () => {
  const rig = await updated(entry(1, 'INVALID'), entry(2, 'ABORTED'));
  await rig.bootUntil('blink 1.0.0 runs from factory');
  assert.ok(rig.lines.includes('I boot: Defaulting to factory image'));
});

test('without rollback a new app is not on trial', async () => {
  const rig = await BootRig.flashed({ bootloader: { rollback: false } });
  rig.put(OTA_0, await rig.app('2.0.0'));
  rig.put(OTADATA, buildOtadata([entry(1, 'NEW'), 'erased']));
  await rig.bootUntil('blink 2.0.0');
  assert.equal(stateOf(rig, 0), OTA_STATES.NEW);
});

test('a slot whose app is damaged is passed over, down to the factory app', async () => {
  const rig = await updated(entry(2, 'VALID'), 'erased');
  rig.put(OTA_1 + 0x40, Uint8Array.of(0x55));
  await rig.bootUntil('blink 2.0.0 runs from ota_0');
  assert.ok(rig.lines.includes('E boot: OTA app partition slot 1 is not bootable'));
  rig.put(OTA_0 + 0x40, Uint8Array.of(0x55));
  await rig.bootUntil('blink 1.0.0 runs from factory');
});

test('damaged OTA data lead to the factory app', async () => {
  const rig = await updated(entry(1, 'VALID'), entry(2, 'VALID'));
  rig.put(OTADATA, Uint8Array.of(9));
  rig.put(OTADATA + 0x1000, Uint8Array.of(9));
  await rig.bootUntil('blink 1.0.0 runs from factory');
  assert.ok(rig.lines.includes('E boot: ota data partition invalid, falling back to factory'));
});

test('without factory app the first slot boots and is entered as valid', async () => {
  const partitions = PARTITIONS.filter(({ name }) => name !== 'factory');
  const rig = await BootRig.flashed({ partitions });
  await rig.bootUntil('blink 1.0.0 runs from ota_0');
  assert.ok(rig.lines.includes('I boot: Set actual ota_seq=1 in otadata[0]'));
  assert.equal(stateOf(rig, 0), OTA_STATES.VALID);
});

const TWO_SLOTS = PARTITIONS.filter(({ name }) => name !== 'factory');

test('anti-rollback: a confirmed app burns its version, and an older one never boots again', async () => {
  const rig = await BootRig.flashed({ bootloader: { antiRollback: true }, partitions: TWO_SLOTS });
  rig.put(OTA_0, await rig.app('2.0.0', 2));
  rig.put(OTA_1, await rig.app('1.0.0', 1));
  rig.put(OTADATA, buildOtadata([entry(1, 'VALID'), 'erased']));
  await rig.bootUntil('blink 2.0.0');
  assert.equal(efuseOnes(rig.hardware.efuse.readable(), 'SECURE_VERSION'), 2);
  assert.ok(rig.lines.includes('I efuse: Anti-rollback is set. eFuse field is updated(2).'));
  rig.put(OTADATA, buildOtadata([entry(1, 'VALID'), entry(2, 'NEW')]));
  await rig.bootUntil('blink 2.0.0 runs from ota_0');
  assert.ok(rig.lines.includes('I boot: Secure version (from eFuse) = 2'));
  assert.ok(!rig.printed.includes('blink 1.0.0'));
});

test('anti-rollback: an app on trial does not burn its version', async () => {
  const rig = await BootRig.flashed({ bootloader: { antiRollback: true }, partitions: TWO_SLOTS });
  rig.put(OTA_0, await rig.app('2.0.0', 5));
  rig.put(OTADATA, buildOtadata([entry(1, 'NEW'), 'erased']));
  await rig.bootUntil('blink 2.0.0');
  assert.equal(efuseOnes(rig.hardware.efuse.readable(), 'SECURE_VERSION'), 0);
});

test('anti-rollback: where only older apps are left, none boots', async () => {
  const rig = await BootRig.flashed({ bootloader: { antiRollback: true }, partitions: TWO_SLOTS });
  rig.hardware.efuse.burn(3, Uint8Array.of(...new Uint8Array(16), 0b111));
  rig.put(OTA_0, await rig.app('1.0.0', 2));
  rig.put(OTADATA, buildOtadata([entry(1, 'VALID'), 'erased']));
  await rig.bootUntil('No bootable app partitions in the partition table');
  assert.ok(rig.lines.includes('E boot: ota data partition invalid and no factory, will try all partitions'));
  assert.ok(rig.lines.includes('E boot: OTA app partition slot 0 is not bootable'));
});

test('a test app boots where nothing else can', async () => {
  const partitions = [partition('test', 0, 0x20, 0x10000, 0x10000)];
  const rig = await BootRig.flashed({ partitions });
  await rig.bootUntil('blink 1.0.0 runs from test');
  assert.ok(rig.lines.includes('W boot: Falling back to test app as only bootable partition'));
});
