import type { ChallengeSource } from '@mkiot/core/keyInstall/keyInstaller';
import { p256PublicKeyOf } from '@mkiot/core/provisioning/p256PublicKey';
import type { UnitFacts } from '@mkiot/core/provisioning/unitRecord';
import { revisionOf } from '../efuse/efuseFields.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { hexBytes } from '../efuse/efuseValue.ts';
import { efuseDigest } from './efuseDigest.ts';
import type { Registration } from './registration.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

const RECORD_ID_BYTES = 16;

/**
 * What the station has found out about a unit, its keys among it: the challenge of its proofs is made of this.
 *
 * @param efuses as they were read last
 * @throws `UNIT_EXCHANGED` where another unit than the one that was written answers on the console
 */
export function unitFacts(
  { unit, ports }: UnitRun,
  { station, deviceName, keyExpiriesMs }: Registration,
  efuses: EfuseDump,
  { identity, nonce, publicKeys }: ChallengeSource,
): UnitFacts {
  const mac = hexBytes(identity.mac, ':');
  if (mac !== unit.mac) throw stationError('UNIT_EXCHANGED', { found: mac, expected: unit.mac });
  return {
    id: ports.random(new Uint8Array(RECORD_ID_BYTES)),
    station: station.id,
    timeMs: ports.clock.now(),
    nonce,
    device: deviceName(unit),
    mac,
    chip: { name: unit.chip.name, revision: revisionOf(efuses) },
    efuseSha256: efuseDigest(efuses),
    keys: publicKeys.map((point, index) => ({
      publicKey: p256PublicKeyOf(point),
      expiresAtMs: keyExpiriesMs[index],
    })),
  };
}
