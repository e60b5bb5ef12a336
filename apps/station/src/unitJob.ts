import { isResourceId } from '@mkiot/core/contract/ids';
import { parsePemPrivateKey } from '@mkiot/esp32/keys/pemKeys';
import type { FlashEncryptionWay } from '@mkiot/esp32/plan/plan';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import { portableSigner } from '@mkiot/esp32/secureBoot/signer';
import type { Firmware } from '@mkiot/esp32/station/firmware/firmware';
import type { Job } from '@mkiot/esp32/station/job';
import type { Registration } from '@mkiot/esp32/station/registration';
import { signingKeyOf, type StationCredential } from './stationCredential.ts';
import { stationPageError } from './stationPageErrors.ts';

/** What the user wants made of each unit. */
export interface UnitWishes {
  readonly profile: ProfileName | undefined;
  readonly encryption: FlashEncryptionWay;
  /** A PEM text; empty: the firmware is not signed. */
  readonly signingKeyPem: string;
  /** With `{mac}` for the MAC address of a unit. */
  readonly deviceId: string;
  readonly keyCount: number;
  readonly keysMadeBy: Registration['keysMadeBy'];
  /** Undefined: units get no keys and are not registered. */
  readonly credential: StationCredential | undefined;
  /** The only unit that is meant; empty: whichever is on the port. */
  readonly mac: string;
  readonly mayBeUsed: boolean;
  readonly erase: boolean;
  readonly baud: number;
}

const MAC = '{mac}';
/** Such as a chip has, to see that a name fits. */
const SOME_MAC = '0123456789ab';

/**
 * The station's job, checked before a chip is looked for.
 *
 * @throws `STATION_DEVICE_ID_UNFIT`, `STATION_DEVICE_ID_COMMON`, and as `parsePemPrivateKey`
 */
export function jobOf(firmware: Firmware, wishes: UnitWishes): Job {
  const { profile, encryption, signingKeyPem, credential, mac, mayBeUsed, erase, baud } = wishes;
  const signer = signingKeyPem.trim() === '' ? undefined : portableSigner(parsePemPrivateKey(signingKeyPem));
  return {
    firmware: firmware.parts,
    firmwareChip: firmware.chip,
    mac: mac.trim() === '' ? undefined : mac.trim().toLowerCase(),
    mayBeUsed,
    baud,
    security: profile === undefined ? undefined : { profile: PROFILES[profile], signer, encryption },
    registration: credential && registrationOf(credential, wishes),
    erase,
  };
}

function registrationOf(credential: StationCredential, wishes: UnitWishes): Registration {
  const { id, registry, platform } = credential;
  const pattern = wishes.deviceId.trim();
  if (!isResourceId(deviceIdOf(pattern, SOME_MAC))) throw stationPageError('STATION_DEVICE_ID_UNFIT', { id: pattern });
  if (!pattern.includes(MAC) && wishes.mac.trim() === '') {
    throw stationPageError('STATION_DEVICE_ID_COMMON', { id: pattern, mac: MAC });
  }
  return {
    deviceName: ({ mac }) => ({ ...registry, device: deviceIdOf(pattern, mac.replaceAll(':', '')) }),
    platform,
    keyCount: wishes.keyCount,
    keysMadeBy: wishes.keysMadeBy,
    keyExpiriesMs: [],
    station: { id, key: signingKeyOf(credential) },
  };
}

function deviceIdOf(pattern: string, mac: string): string {
  return pattern.replaceAll(MAC, mac);
}
