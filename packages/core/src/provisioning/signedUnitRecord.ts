import { base64Decode, base64UrlEncode } from '../bytes/base64.ts';
import type { SigningKey } from '../crypto/signatures.ts';
import type { MkiotError } from '../errors/mkiotError.ts';
import { decodeUnitRecord, encodeUnitRecord, type UnitRecord } from './unitRecord.ts';

/** A unit record as it waits in a station's queue and goes to the server, both parts in base64url. It is no secret. */
export interface SignedUnitRecord {
  readonly record: string;
  /** ES256 by the station's key, over the record's bytes as they are. */
  readonly signature: string;
}

/**
 * Signs a record with the station's key. Throws `UNIT_RECORD_…`.
 *
 * The bytes begin with `{`, so that they are neither the signing input of a JSON Web Token nor a device's signed bytes.
 */
export async function signUnitRecord(record: UnitRecord, station: SigningKey): Promise<SignedUnitRecord> {
  const bytes = encodeUnitRecord(record);
  return { record: base64UrlEncode(bytes), signature: base64UrlEncode(await station.sign(bytes)) };
}

/** What a station has signed; the signature is the server's to check. Returns `UNIT_RECORD_…`. */
export function readSignedRecord({ record }: SignedUnitRecord): UnitRecord | MkiotError {
  return decodeUnitRecord(base64Decode(record) ?? new Uint8Array());
}
