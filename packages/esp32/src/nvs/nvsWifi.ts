import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { NvsValueRow } from './buildNvs.ts';

/**
 * What nvs_partition_gen adds to Wi-Fi credentials, so that the Wi-Fi driver takes them: behind the first of `sta.ssid` and
 * `sta.pswd` the values that the driver has for "not connected yet"; before the last of `ap.ssid`, `ap.passwd` and
 * `ap.authmode` the key that follows from name and password.
 */
export class WifiRows {
  #stationDone = false;
  readonly #accessPoint = new Map<string, string>();

  /** The row of `key`, with those that go with it. `text` is its cell in the CSV. */
  async around(row: NvsValueRow, text: string): Promise<readonly NvsValueRow[]> {
    const { key } = row;
    if (key === 'sta.ssid' || key === 'sta.pswd') {
      if (this.#stationDone) return [row];
      this.#stationDone = true;
      return [row, ...NOT_CONNECTED];
    }
    if (!ACCESS_POINT.has(key) || text === '' || (key === 'ap.authmode' && text === '0')) return [row];
    this.#accessPoint.set(key, text);
    if (this.#accessPoint.size < ACCESS_POINT.size) return [row];
    const pmk = await pairwiseMasterKey(
      this.#accessPoint.get('ap.ssid') ?? '',
      this.#accessPoint.get('ap.passwd') ?? '',
    );
    const value = new Uint8Array(132);
    value.set(pmk, 100);
    return [{ key: 'ap.pmk_info', type: 'blob', value }, row];
  }
}

const ACCESS_POINT: ReadonlySet<string> = new Set(['ap.ssid', 'ap.passwd', 'ap.authmode']);

const NOT_CONNECTED: readonly NvsValueRow[] = [
  { key: 'sta.apinfo', type: 'blob', value: new Uint8Array(140).fill(0xff) },
  { key: 'sta.pmk', type: 'blob', value: new Uint8Array(32) },
  { key: 'sta.apsw', type: 'blob', value: new Uint8Array(2) },
];

/** IEEE 802.11, J.4: PBKDF2 with HMAC-SHA1, the name as salt, 4096 rounds. */
async function pairwiseMasterKey(ssid: string, password: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', utf8Encode(password), 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: 'SHA-1', salt: utf8Encode(ssid), iterations: 4096 };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
