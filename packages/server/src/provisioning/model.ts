import type { RegistryName } from '@mkiot/core/contract/resourceNames';

/** What a provisioning station may do: create `maxDevices` devices in one registry until `expiresAtMs`. Times in ms since 1970. */
export interface StationRecord {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly registry: RegistryName;
  /** PEM, P-256. */
  readonly publicKey: string;
  readonly maxDevices: number;
  readonly registeredDevices: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
  readonly lastUsedAtMs: number | undefined;
}

/** A ticket with which one board enrols itself, without its text. Times in ms since 1970. */
export interface TicketRecord {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly registry: RegistryName;
  /** The only device id and the only MAC address that it is good for. */
  readonly deviceId: string | undefined;
  readonly mac: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | undefined;
  /** The device that it made. */
  readonly numId: number | undefined;
}
