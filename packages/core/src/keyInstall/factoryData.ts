// docs/decisions/0010-key-install.md, "Facts".
import { concatBytes, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { isResourceId } from '../contract/ids.ts';
import { parseDeviceName } from '../contract/resourceNames.ts';
import { keyInstallError } from './keyInstallErrors.ts';

/** What a factory gives a device: who it is and where it belongs. Nothing in it is secret. */
export interface FactoryData {
  /** `projects/…/locations/…/registries/…/devices/{id}` */
  readonly deviceName: string;
  readonly host: string;
  readonly port: number;
  /** The certificate authority of the platform. */
  readonly caPem: string;
}

/** A chain of some certificates has room. */
export const MAX_FACTORY_DATA_BYTES = 8_192;

/** A host name or address of either version (RFC 1123, RFC 4291). */
const HOST = /^[0-9A-Za-z]([0-9A-Za-z.:-]{0,251}[0-9A-Za-z])?$/;
const CERTIFICATES = /^(-----BEGIN CERTIFICATE-----\s[0-9A-Za-z+/=\s]+-----END CERTIFICATE-----\s*)+$/;

/** @throws `KEY_INSTALL_FACTS_INVALID` */
export function encodeFactoryData(data: FactoryData): Uint8Array<ArrayBuffer> {
  const field = wrongField(data);
  const encoded = concatBytes(text(data.deviceName), text(data.host), u16(data.port), text(data.caPem));
  if (field === undefined && encoded.length <= MAX_FACTORY_DATA_BYTES) return encoded;
  throw keyInstallError('KEY_INSTALL_FACTS_INVALID', { field: field ?? 'caPem', max: MAX_FACTORY_DATA_BYTES });
}

/** Undefined: no factory data are encoded so. */
export function decodeFactoryData(bytes: Uint8Array): FactoryData | undefined {
  let at = 0;
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  const number = (): number => take(2).reduce((sum, byte) => sum * 256 + byte, 0);
  const string = (): string => utf8Decode(take(number()));
  try {
    const [deviceName, host, port, caPem] = [string(), string(), number(), string()];
    const data = { deviceName, host, port, caPem };
    const isWhole = at === bytes.length && bytes.length <= MAX_FACTORY_DATA_BYTES;
    return isWhole && wrongField(data) === undefined ? data : undefined;
  } catch (error) {
    // No UTF-8.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function wrongField({ deviceName, host, port, caPem }: FactoryData): keyof FactoryData | undefined {
  const device = parseDeviceName(deviceName)?.device;
  if (device === undefined || !isResourceId(device)) return 'deviceName';
  if (!HOST.test(host)) return 'host';
  if (!Number.isInteger(port) || port < 1 || port > 0xffff) return 'port';
  return CERTIFICATES.test(caPem) ? undefined : 'caPem';
}

function text(value: string): Uint8Array {
  const bytes = utf8Encode(value);
  return concatBytes(u16(bytes.length), bytes);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
}
