import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { NvsRecord } from '../../nvs/nvsRecords.ts';
import { findSightings } from './findSightings.ts';
import type { KeyReader } from './keyReader.ts';
import type { Sighting } from './secret.ts';

/** Where the Wi-Fi driver of ESP-IDF keeps what it connects with. */
const WIFI_NAMESPACE = 'nvs.net80211';
const WIFI_DRIVER_SECRETS: ReadonlySet<string> = new Set([
  'sta.pswd',
  'sta.pmk',
  'ap.passwd',
  'ap.pmk_info',
  'sta.apsw',
]);
const WIFI_NAME = /wi-?fi|wlan|ssid|wpa|psk|sta[._-]|ap[._-]/i;
const PASSWORD_NAME = /pass|pswd|pwd|psk|pmk/i;
const SECRET_NAME = /pass|pswd|pwd|psk|secret|token|api_?key|auth|cred|priv/i;
/** IEEE 802.11: a passphrase has 8 to 63 characters. */
const PASSPHRASE = /^[\x20-\x7e]{8,63}$/;
const LEAST_BYTES = 6;
/** Namespaces of ESP-IDF itself: calibration, addresses and bonds, whose numbers are no keys of the maker. */
const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set([
  WIFI_NAMESPACE,
  'phy',
  'misc',
  'bt_config.conf',
  'nimble_bond',
  'dhcp_state',
]);

/** What is secret in one value, by its form, by its name, or by its length; offsets are in the value. */
export function secretsInNvs(record: NvsRecord, reader: KeyReader): readonly Sighting[] {
  const value = typeof record.value === 'string' ? utf8Encode(record.value) : record.value;
  if (!(value instanceof Uint8Array)) return [];
  const byForm = findSightings(value, reader);
  if (byForm.length > 0) return byForm;
  const sighting = wifiPassword(record, value) ?? namedSecret(record, value) ?? bareKey(record, value, reader);
  return sighting === undefined ? [] : [sighting];
}

function wifiPassword({ namespace = '', key }: NvsRecord, value: Uint8Array): Sighting | undefined {
  const place = { kind: 'wifi-password', offset: 0, length: value.length } as const;
  const length = lengthWithoutPadding(value);
  if (namespace === WIFI_NAMESPACE) {
    const isSecret = WIFI_DRIVER_SECRETS.has(key) && length >= 8 && value.some((byte) => byte !== 0 && byte !== 0xff);
    return isSecret ? { ...place, what: `${driverValue(key)}, ${length} bytes`, confidence: 'structured' } : undefined;
  }
  const isNamed = PASSWORD_NAME.test(key) && WIFI_NAME.test(`${namespace}/${key}`);
  if (!isNamed || !PASSPHRASE.test(textOf(value.subarray(0, length)))) return undefined;
  return { ...place, what: `Wi-Fi password of ${length} characters, by its name`, confidence: 'structured' };
}

function driverValue(key: string): string {
  return /pmk/.test(key) ? 'Wi-Fi pairwise master key, as good as the password' : 'Wi-Fi password';
}

function namedSecret({ namespace = '', key }: NvsRecord, value: Uint8Array): Sighting | undefined {
  const length = lengthWithoutPadding(value);
  if (SYSTEM_NAMESPACES.has(namespace) || !SECRET_NAME.test(key) || length < LEAST_BYTES) return undefined;
  const what = `${length} bytes under a name that speaks of a secret`;
  return { kind: 'named-value', what, offset: 0, length: value.length, confidence: 'suspected' };
}

function bareKey({ namespace = '' }: NvsRecord, value: Uint8Array, reader: KeyReader): Sighting | undefined {
  if (SYSTEM_NAMESPACES.has(namespace)) return undefined;
  return reader.fromScalar(value, 'of a value in NVS', { offset: 0, length: value.length }, 'suspected');
}

/** Arrays of the driver and of sketches are filled up with zeros, or never written to their end. */
function lengthWithoutPadding(value: Uint8Array): number {
  let end = value.length;
  while (end > 0 && (value[end - 1] === 0 || value[end - 1] === 0xff)) end--;
  return end;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}
