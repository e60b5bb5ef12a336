import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHex } from '@mkiot/core/bytes/bytes';
import { encodeFactoryData } from '@mkiot/core/keyInstall/factoryData';
import type { ProvenUnit } from '@mkiot/core/keyInstall/keyInstaller';
import { installedBytes } from '@mkiot/core/keyInstall/requests';
import { lineNoise } from '../../../../faults/lineNoise.ts';
import { decodeInstallRecord } from './installRecord.ts';
import { FACTORY, InstallRig, KeyPool, publicKeyOf, sha256 } from '../../../../node/chip/installRig.testing.ts';

const pool = new KeyPool(8);

/** A whole install over a line with noise: half of the devices make their keys, the others are sent theirs. */
async function installOver(
  bitErrorRate: number,
  seed: number,
): Promise<{ unit: ProvenUnit | MkiotError; stored: string | undefined }> {
  const rig = new InstallRig({ pool, seed, faults: lineNoise(bitErrorRate, seed) });
  const madeBy = seed % 2 === 0 ? 'device' : 'station';
  const unit = await rig.install({ madeBy }).catch((error: unknown) => error as MkiotError);
  return { unit, stored: rig.stored === undefined ? undefined : digestOf(rig.stored) };
}

/** The digest of what the device has stored, computed from its private keys by OpenSSL. */
function digestOf(record: Uint8Array): string {
  const { privateKeys, factory } = decodeInstallRecord(record);
  assert.deepEqual(factory, FACTORY);
  return toHex(sha256(installedBytes(privateKeys.map(publicKeyOf), encodeFactoryData(factory))));
}

test('1,000 of 1,000 installs of three keys are right at a bit error rate of 1e-4', async () => {
  for (let seed = 1; seed <= 1_000; seed++) {
    const { unit, stored } = await installOver(1e-4, seed);
    if (unit instanceof MkiotError) throw new Error(`seed ${seed}`, { cause: unit });
    assert.equal(stored, unit.digest, `seed ${seed}`);
  }
});

test('at a bit error rate of 1e-3 an install is right or clearly refused, and no wrong key is ever accepted', async () => {
  let right = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { unit, stored } = await installOver(1e-3, seed);
    if (!(unit instanceof MkiotError)) {
      assert.equal(stored, unit.digest, `seed ${seed}`);
      right += 1;
    } else if (unit.code === 'KEY_INSTALL_UNCONFIRMED') {
      assert.ok(stored === undefined || stored === unit.context['digest'], `seed ${seed}`);
    } else {
      assert.equal(unit.code, 'KEY_INSTALL_NO_ANSWER', `seed ${seed}`);
      assert.equal(stored, undefined, `seed ${seed}`);
    }
  }
  assert.ok(right > 150, `${right} of 200 are right`);
});

test('at a bit error rate of 1e-2 nothing is stored that the station does not know', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { unit, stored } = await installOver(1e-2, seed);
    assert.ok(unit instanceof MkiotError && unit.code === 'KEY_INSTALL_NO_ANSWER');
    assert.equal(stored, undefined);
  }
});

test('a whole install of three keys takes less than a second of the line at 115,200 baud', async () => {
  const rig = new InstallRig({ pool, isThrottled: true });
  const { digest } = await rig.install();
  assert.equal(digestOf(rig.stored ?? new Uint8Array()), digest);
  assert.ok(rig.clock.monotonic() < 1_000, `${rig.clock.monotonic()} ms`);
});
