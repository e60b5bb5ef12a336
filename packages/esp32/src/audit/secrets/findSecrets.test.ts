import { base64Encode } from '@mkiot/core/bytes/base64';
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { portableAes } from '../../aes/portableAes.ts';
import { esp32FlashCipher } from '../../flashEncryption/esp32FlashCipher.ts';
import { buildNvs, type NvsRow } from '../../nvs/buildNvs.ts';
import { encryptNvs } from '../../nvs/nvsCipher.ts';
import { buildNvsKeys, type NvsKeys, universalNvsKeys } from '../../nvs/nvsKeys.ts';
import { PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { ReadVector } from '../../vectors.testing.ts';
import { flashWith, keyOfDevice, partition, wholeDevice, withErased } from '../flash/flashDump.testing.ts';
import { readFlashDump } from '../flash/readFlashDump.ts';
import type { Secret } from './secret.ts';
import { colonHex } from './secrets.testing.ts';

const { app, data } = PARTITION_TYPES;
const read: ReadVector = async (file) => new Uint8Array(await readFile(file));
const NVS = partition('nvs', data, 2, 0x10000, 0x4000);
const KEYS = partition('nvs_key', data, 4, 0x14000, 0x1000);
const EEPROM = partition('eeprom', data, 0x99, 0x15000, 0x1000);
const APP = partition('app', app, 0, 0x20000, 0x20000);
const PARTITIONS = [NVS, KEYS, EEPROM, APP];
const NVS_KEYS: NvsKeys = { dataKey: new Uint8Array(randomBytes(32)), tweakKey: new Uint8Array(randomBytes(32)) };

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const scalar = new Uint8Array(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
const pem = privateKey.export({ type: 'sec1', format: 'pem' });
const point = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));

const secretsWith = (...contents: readonly (readonly [number, Uint8Array])[]): readonly Secret[] =>
  readFlashDump(flashWith(PARTITIONS, ...contents)).secrets;
const secretsInNvs = (...rows: readonly NvsRow[]): readonly Secret[] =>
  secretsWith([NVS.offset, buildNvs(rows, NVS.size)]);

test('what is in the flash of whole devices is found where it is', async () => {
  const seen = (secrets: readonly Secret[]): unknown =>
    secrets.map(({ kind, offset, region, nvsKey, confidence, isLeftover }) => {
      return [kind, offset, region, nvsKey, confidence, isLeftover];
    });
  const open = readFlashDump(await wholeDevice(read, 'open-arduino-board'));
  assert.deepEqual(seen(open.secrets), [
    ['wifi-password', 0x90c0, 'nvs', 'wifi/pswd', 'structured', false],
    ['private-key', 0x290000, 'eeprom', undefined, 'proven', false],
  ]);
  const encrypted = await wholeDevice(read, 'flash-encrypted-keys-in-clear');
  const cipher = esp32FlashCipher(await keyOfDevice(read));
  for (const options of [{}, { cipher }]) {
    assert.deepEqual(seen(readFlashDump(encrypted, options).secrets), [
      ['private-key', 0x9080, 'nvs', 'eeprom/eeprom', 'proven', false],
      ['named-value', 0x98e0, 'nvs', 'old/token', 'suspected', true],
      ['private-key', 0x290000, 'eeprom', undefined, 'proven', false],
    ]);
  }
});

test('keys in NVS have their name, also when the value lies in pieces on several pages', () => {
  const value = concatBytes(
    randomBytes(3900),
    new Uint8Array(1),
    utf8Encode(pem),
    new Uint8Array(1),
    randomBytes(3000),
  );
  const secrets = secretsInNvs({ namespace: 'eeprom' }, { key: 'eeprom', type: 'blob', value });
  assert.deepEqual(
    secrets.map(({ nvsKey, confidence, isLeftover }) => [nvsKey, confidence, isLeftover]),
    [['eeprom/eeprom', 'proven', false]],
  );
});

test('what was erased in NVS is found and is a leftover, also where its entry was overwritten', () => {
  const nvs = buildNvs([{ namespace: 'cloud' }, { key: 'key', type: 'string', value: pem }], NVS.size);
  const erased = withErased(nvs, 'key');
  const [secret, ...others] = secretsWith([NVS.offset, erased]);
  assert.equal(others.length, 0);
  assert.deepEqual([secret?.nvsKey, secret?.isLeftover], ['cloud/key', true]);
  // Namespace, then the entry of the string: without it the text lies there under no name.
  erased.fill(0, 64 + 32, 64 + 64);
  const [left] = secretsWith([NVS.offset, erased]);
  assert.deepEqual([left?.nvsKey, left?.isLeftover, left?.region], [undefined, true, 'nvs']);
});

test('Wi-Fi passwords are known by the names of the driver and of people', async () => {
  const driver = new Uint8Array(await readFile(new URL('../../nvs/vectors/wifi.bin', import.meta.url)));
  const found = secretsWith([NVS.offset, driver.subarray(0, NVS.size)]).map(({ kind, nvsKey }) => `${kind} ${nvsKey}`);
  assert.ok(found.includes('wifi-password nvs.net80211/sta.pswd'));
  assert.ok(found.includes('wifi-password nvs.net80211/ap.passwd'));
  assert.ok(found.includes('wifi-password nvs.net80211/ap.pmk_info'));
  const kinds = (key: string, value: string): unknown =>
    secretsInNvs({ namespace: 'wifi' }, { key, type: 'string', value }).map(({ kind }) => kind);
  assert.deepEqual(kinds('password', 'correct horse'), ['wifi-password']);
  assert.deepEqual(kinds('ssid', 'correct horse'), []);
  // IEEE 802.11 asks for 8 characters.
  assert.deepEqual(kinds('password', 'short77'), ['named-value']);
});

test('values under telling names and of the length of a key are suspected', () => {
  const [named, bare, ...others] = secretsInNvs(
    { namespace: 'app' },
    { key: 'api_key', type: 'string', value: 'abcdef123456' },
    { key: 'blob', type: 'blob', value: scalar },
    { key: 'name', type: 'string', value: 'a pump in the garden' },
    { key: 'token', type: 'string', value: 'none' },
    { key: 'zeros', type: 'blob', value: new Uint8Array(32) },
  );
  assert.deepEqual([named?.nvsKey, named?.confidence], ['app/api_key', 'suspected']);
  assert.deepEqual([bare?.nvsKey, bare?.confidence], ['app/blob', 'suspected']);
  assert.equal(others.length, 0);
});

test('a number is proven to be a key by its public key anywhere in the dump, in any form', () => {
  const key = utf8Encode(colonHex(scalar));
  const { x = '' } = publicKey.export({ format: 'jwk' });
  for (const witness of [
    point,
    utf8Encode(publicKey.export({ type: 'spki', format: 'pem' })),
    utf8Encode(`x${base64Encode(point)}`),
    utf8Encode(colonHex(point)),
    utf8Encode(`{"x":"${x}"}`),
  ]) {
    const [secret, ...others] = secretsWith([EEPROM.offset, key], [APP.offset + 0x123, witness]);
    assert.deepEqual([secret?.confidence, others.length], ['proven', 0]);
    assert.match(secret?.proof ?? '', /its public key is at 0x201[23][0-9a-f]/);
  }
  assert.equal(secretsWith([EEPROM.offset, key])[0]?.confidence, 'structured');
});

test('digests in a program are no secrets, a key in it that is proven is', () => {
  const digest = utf8Encode(` sha256: ${Buffer.from(scalar).toString('hex')} `);
  assert.deepEqual(secretsWith([APP.offset, digest]), []);
  assert.equal(secretsWith([EEPROM.offset, digest])[0]?.confidence, 'suspected');
  assert.equal(secretsWith([APP.offset, digest], [EEPROM.offset, point])[0]?.confidence, 'proven');
});

test('NVS under keys that everybody has, or that lie beside it, is open; under its own it is not', () => {
  const nvs = buildNvs([{ namespace: 'cloud' }, { key: 'key', type: 'string', value: pem }], NVS.size);
  const access = (...contents: readonly (readonly [number, Uint8Array])[]): unknown => {
    const { nvs, secrets } = readFlashDump(flashWith(PARTITIONS, ...contents));
    return [nvs[0]?.access, secrets.map(({ nvsKey }) => nvsKey)];
  };
  for (const espIdf of ['before-v4.3', 'from-v4.3'] as const) {
    const sealed = encryptNvs(nvs, universalNvsKeys(espIdf), portableAes);
    assert.deepEqual(access([NVS.offset, sealed]), ['universal-keys', ['cloud/key']]);
  }
  const sealed = encryptNvs(nvs, NVS_KEYS, portableAes);
  assert.deepEqual(access([NVS.offset, sealed], [KEYS.offset, buildNvsKeys(NVS_KEYS)]), [
    'keys-in-flash',
    ['cloud/key'],
  ]);
  assert.deepEqual(access([NVS.offset, sealed]), ['sealed', []]);
  const others = buildNvsKeys({ ...NVS_KEYS, tweakKey: new Uint8Array(32) });
  assert.deepEqual(access([NVS.offset, sealed], [KEYS.offset, others]), ['sealed', []]);
});

test('NVS is found without a partition table too', () => {
  const bytes = flashWith([]).fill(0xff);
  bytes.set(
    buildNvs([{ namespace: 'wifi' }, { key: 'pswd', type: 'string', value: 'correct horse' }], 0x3000),
    0x1f000,
  );
  const [secret] = readFlashDump(bytes).secrets;
  assert.deepEqual([secret?.nvsKey, secret?.region], ['wifi/pswd', 'unassigned']);
});

test('a plain key in esp_secure_cert is marked as that, whatever its form', async () => {
  const read = (name: string): Promise<Buffer> =>
    readFile(new URL(`../../secureCert/vectors/${name}`, import.meta.url));
  const [secret, ...others] = secretsWith([0x1a000, await read('cust_flash_tlv.bin')]);
  assert.deepEqual([secret?.isSecureCert, secret?.confidence, others.length], [true, 'proven', 0]);
});

test('what only the flash encryption key opens is told apart from what lies in clear', () => {
  const cipher = esp32FlashCipher(new Uint8Array(randomBytes(32)));
  const image = new Uint8Array(0x2000);
  image.set(utf8Encode(pem), 0x100);
  cipher.encrypt(APP.offset, image);
  const bytes = flashWith(PARTITIONS, [APP.offset, image], [APP.offset + 0x4000, utf8Encode(pem)]);
  const seen = (secrets: readonly Secret[]): unknown => secrets.map(({ offset, isBehindKey }) => [offset, isBehindKey]);
  assert.deepEqual(seen(readFlashDump(bytes).secrets), [[APP.offset + 0x4000, false]]);
  assert.deepEqual(seen(readFlashDump(bytes, { cipher }).secrets), [
    [APP.offset + 0x100, true],
    [APP.offset + 0x4000, false],
  ]);
});

test('16 MB of noise have no secret, and a file of digests shows some of them', () => {
  assert.deepEqual(readFlashDump(new Uint8Array(randomBytes(0x1000000))).secrets, []);
  const digests = Array.from({ length: 1000 }, () => `${randomBytes(32).toString('hex')}\n`).join('');
  const { secrets } = readFlashDump(flashWith(PARTITIONS, [0x20000 - 0xa000, utf8Encode(digests.slice(0, 0x9000))]));
  assert.ok(secrets.length <= 100 && secrets.every(({ confidence }) => confidence === 'suspected'));
});
