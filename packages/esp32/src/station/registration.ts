import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import type { Unit } from './unit.ts';

/** How a unit becomes a device of a platform. */
export interface Registration {
  /** Who the unit is to be. */
  readonly deviceName: (unit: Unit) => DeviceName;
  readonly platform: Platform;
  /** 1 to 3. */
  readonly keyCount: number;
  /** Made on the device, keys never leave it; made by the station, as the paper's did, they cross the line once. */
  readonly keysMadeBy: 'device' | 'station';
  /** Of each key in its order, milliseconds since 1970; undefined, and what is missing at the end: never. */
  readonly keyExpiriesMs: readonly (number | undefined)[];
  /** Signs the unit record. */
  readonly station: { readonly id: string; readonly key: SigningKey };
}

/** The platform to which a device belongs, as it is told to the device. */
export interface Platform {
  readonly host: string;
  /** Of its MQTT bridge. */
  readonly port: number;
  /** Its certificate authority. */
  readonly caPem: string;
  /** SHA-256 of the authority's public key: what proofs are bound to. */
  readonly bridgeId: Uint8Array;
}
