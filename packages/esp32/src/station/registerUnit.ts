import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { installUnit, recordOf } from './installUnit.ts';
import type { Registration } from './registration.ts';
import { stationError } from './stationErrors.ts';
import type { InstalledUnit } from './unitBook.ts';
import type { ResultingDevice } from './unitResult.ts';
import type { UnitRun } from './unitRun.ts';

const RETIRED =
  'A board that was registered once comes back when a person has deleted its device and released it, with "mkiot station ' +
  'units release". Then repeat with --erase, so that it makes new keys.';

/** What helps where a platform refuses a unit (docs/provisioning.md, "Stations"). */
const REMEDIES: Readonly<Record<string, string>> = {
  STATION_REVOKED: 'Enrol the station again, then repeat with --erase: the record of a unit names the station.',
  STATION_EXPIRED: 'Enrol the station again, then repeat with --erase: the record of a unit names the station.',
  STATION_EXHAUSTED: 'Enrol the station again, then repeat with --erase: the record of a unit names the station.',
  STATION_REGISTRY_FOREIGN: 'Take the credential of a station of that registry, and repeat with --erase.',
  UNIT_MAC_USED: RETIRED,
  UNIT_KEY_USED: 'Repeat with --erase: the unit then makes new keys.',
  UNIT_RETIRED: RETIRED,
  DEVICE_EXISTS: 'Choose another device id and repeat with --erase, or delete that device and repeat.',
};
const REPEAT = 'Repeat the command when that is mended: the unit keeps its keys.';

/**
 * Gives a unit keys and a name, and makes it known to its platform.
 *
 * @param efuses as they were read last
 * @throws `UNIT_REGISTRATION_REFUSED`, and as `installUnit`
 */
export async function registerUnit(
  run: UnitRun,
  registration: Registration,
  efuses: EfuseDump,
): Promise<ResultingDevice> {
  const { log } = run;
  const { keyCount, keysMadeBy } = registration;
  log.tell('keys', `${keyCount === 1 ? 'A key' : `${keyCount} keys`}, made by the ${keysMadeBy}, for its firmware`);
  const installed = await installUnit(run, registration, efuses);
  const { device, keys } = recordOf(installed);
  const name = formatDeviceName(device);
  log.tell('register', `${name}, by its signed record`);
  const registered = await send(run, installed);
  return { name, publicKeys: keys.map(({ publicKey }) => publicKeyPem(publicKey)), registered };
}

async function send(run: UnitRun, { record }: InstalledUnit): Promise<'registered' | 'queued'> {
  try {
    const registered = await run.ports.register(record);
    await run.keep({ registered });
    return registered;
  } catch (error) {
    if (!(error instanceof MkiotError) || error.blame !== 'caller') throw error;
    // Whoever orders an erase now wants one: the keys that are there lead nowhere.
    await run.keep({ isErased: false, registered: undefined });
    const { code, message } = error;
    const remedy = REMEDIES[code] ?? REPEAT;
    throw stationError('UNIT_REGISTRATION_REFUSED', { refusal: code, reason: message, remedy }, error);
  }
}
