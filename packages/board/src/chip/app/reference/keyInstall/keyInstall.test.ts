import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { closedDigestIn } from '@mkiot/core/keyInstall/closedLine';
import type { ConsoleLine } from '@mkiot/core/keyInstall/exchange';
import { installKeys, type KeyInstall, type ProvenUnit } from '@mkiot/core/keyInstall/keyInstaller';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import { damagedFlash } from '../../../../faults/flashDamage.ts';
import { seededRandom } from '../../../../faults/seededRandom.ts';
import { BRIDGE_ID, FACTORY } from '../../../../node/chip/installRig.testing.ts';
import { BootRig, type RigOptions } from '../../../bootRig.testing.ts';
import type { FlashFaults } from '../../../flash/flashFaults.ts';
import { REFERENCE_FIRMWARE, referenceFirmware } from '../referenceFirmware.ts';
import { REFERENCE_FLASH_BYTES, referenceFlash } from '../referenceFlash.ts';

const NVS = 0xd0000;

async function referenceRig(options: RigOptions = {}, flashEncryption: 'none' | 'release' = 'none'): Promise<BootRig> {
  const firmware = referenceFirmware({
    openStream: () => () => Promise.reject(new Error('no network here')),
    sensors: () => [],
    onEvent: () => undefined,
  });
  const rig = new BootRig({
    flashBytes: REFERENCE_FLASH_BYTES,
    firmwares: { [REFERENCE_FIRMWARE]: firmware },
    ...options,
  });
  for (const { offset, bytes } of await referenceFlash(rig.chip, '1.2.3', { flashEncryption })) rig.put(offset, bytes);
  return rig;
}

/** A station at the console of the rig, which begins when the device says that key install is open. */
function station(rig: BootRig, change: Partial<KeyInstall> = {}): Promise<ProvenUnit> {
  const line: ConsoleLine = { write: (bytes) => rig.hardware.input.onBytes?.(bytes), onBytes: undefined };
  const open = Promise.withResolvers<void>();
  let printed = '';
  rig.onOutput = (bytes) => {
    printed += Buffer.from(bytes).toString('latin1');
    if (printed.includes('END PUBLIC KEY')) open.resolve();
    line.onBytes?.(bytes);
  };
  const installing = open.promise.then(() =>
    installKeys({
      line,
      // Time stands still for the station: the line is good, and no answer is late.
      clock: new VirtualClock(),
      random: seededRandom(5),
      crypto: webInstallCrypto,
      factory: FACTORY,
      bridgeId: BRIDGE_ID,
      keyCount: 3,
      madeBy: 'device',
      ...change,
    }),
  );
  installing.catch(() => undefined);
  return installing;
}

for (const madeBy of ['device', 'station'] as const) {
  test(`a device takes keys made by the ${madeBy}, starts with them, and its boot log has their digest`, async () => {
    const rig = await referenceRig({}, 'release');
    const installing = station(rig, { madeBy });
    await rig.bootUntil(`device ${FACTORY.deviceName}, platform platform.example:8883`);
    const { digest, identity } = await installing;
    assert.equal(closedDigestIn(rig.printed), digest);
    assert.equal(identity.chip, 'ESP32');
    assert.equal(identity.firmwareVersion, '1.2.3');
    const nvs = Buffer.from(rig.cells.subarray(NVS, NVS + 0x30000));
    assert.ok(!nvs.includes('key-install') && !nvs.includes(FACTORY.host), 'NVS is encrypted');
  });
}

test('a finished device has its key install closed over restarts: the magic packet is not heard', async () => {
  const rig = await referenceRig();
  const installing = station(rig);
  await rig.bootUntil('key install closed');
  await installing;
  const running = rig.bootUntil('no session');
  const abort = new AbortController();
  const again = installKeys({
    line: { write: (bytes) => rig.hardware.input.onBytes?.(bytes), onBytes: undefined },
    clock: rig.clock,
    signal: abort.signal,
    terms: { answerMs: 50, maxTries: 1_000 },
    random: seededRandom(6),
    crypto: webInstallCrypto,
    factory: FACTORY,
    bridgeId: BRIDGE_ID,
    keyCount: 1,
    madeBy: 'device',
  });
  again.catch(() => undefined);
  await running;
  abort.abort();
  await assert.rejects(again, { code: 'KEY_INSTALL_ABORTED' });
  assert.equal(rig.hardware.input.onBytes, undefined, 'nobody listens at the console');
  assert.equal(closedDigestIn(rig.printed.slice(rig.printed.lastIndexOf('rst:'))), (await installing).digest);
});

test('only a full erase of the flash leads back to factory state', async () => {
  const rig = await referenceRig();
  const installing = station(rig);
  await rig.bootUntil('key install closed');
  await installing;
  rig.cells.fill(0xff);
  for (const { offset, bytes } of await referenceFlash(rig.chip, '1.2.3', {})) rig.put(offset, bytes);
  await rig.bootUntil('factory state: no name and no platform, key install is open');
});

test('a power cut at any write of an install leaves factory state or a finished device, never half of the keys', async () => {
  const steps = await stepsOfInstall();
  assert.ok(steps.count > 3, `${steps.count} writes`);
  const outcomes = { factory: 0, finished: 0 };
  // The last cut comes at the first write after the install: when the device starts again.
  for (let step = 0; step <= steps.count; step++) {
    const powerCut = { step: steps.before + step, fraction: 0.5 };
    const rig = await referenceRig({ flashFaults: damagedFlash({ seed: step, powerCut }) });
    let proven: ProvenUnit | undefined;
    void station(rig, { onProven: (unit) => void (proven = unit) });
    await rig.bootUntil('never printed');
    const from = rig.printed.length;
    await rig.bootUntil('platform');
    const printed = rig.printed.slice(from);
    const digest = closedDigestIn(printed);
    if (digest !== undefined) {
      assert.equal(digest, proven?.digest);
      outcomes.finished += 1;
      continue;
    }
    assert.match(printed, /key install is open/);
    outcomes.factory += 1;
    const again = station(rig, { keyCount: 1 });
    await rig.bootUntil('key install closed');
    assert.equal(closedDigestIn(rig.printed), (await again).digest, 'it can be installed again');
  }
  assert.ok(outcomes.factory > 0 && outcomes.finished > 0, JSON.stringify(outcomes));
});

/** The writes to flash before and in the last part of an install: the storing of its record. */
async function stepsOfInstall(): Promise<{ readonly before: number; readonly count: number }> {
  let steps = 0;
  const faults: FlashFaults = { cutDuring: () => void (steps += 1), damage: () => undefined };
  const rig = await referenceRig({ flashFaults: faults });
  let before = 0;
  const installing = station(rig, { onProven: () => void (before = steps) });
  let after = 0;
  void installing.then(() => (after = steps));
  await rig.bootUntil('key install closed');
  await installing;
  return { before, count: after - before };
}

test('an install that ends before its end leaves the device in factory state', async () => {
  const rig = await referenceRig();
  const gone = new Error('the cable was pulled');
  const cutPower = (): never => {
    rig.power.cut();
    throw gone;
  };
  const installing = station(rig, { onProven: cutPower });
  await Promise.all([assert.rejects(installing, gone), rig.bootUntil('key install closed')]);
  await rig.bootUntil('key install is open');
});
