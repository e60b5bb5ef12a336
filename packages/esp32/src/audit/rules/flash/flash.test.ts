import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { portableAes } from '../../../aes/portableAes.ts';
import { CHIPS } from '../../../chips/chips.ts';
import { esp32FlashCipher } from '../../../flashEncryption/esp32FlashCipher.ts';
import type { PublicKey } from '../../../keys/keys.ts';
import { parsePemKey } from '../../../keys/pemKeys.ts';
import { buildSignatureBlock } from '../../../secureBoot/signatureBlock.ts';
import { buildNvs, type NvsRow } from '../../../nvs/buildNvs.ts';
import { encryptNvs } from '../../../nvs/nvsCipher.ts';
import { buildNvsKeys, type NvsKeys, deviceKeyPattern, universalNvsKeys } from '../../../nvs/nvsKeys.ts';
import { PARTITION_TYPES, type Partition } from '../../../partitionTable/partition.ts';
import type { ReadVector } from '../../../vectors.testing.ts';
import { audit } from '../../audit.ts';
import { flashWith, keyOfDevice, partition, wholeDevice, withErased } from '../../flash/flashDump.testing.ts';
import type { FlashDump } from '../../flash/flashDump.ts';
import { type FlashDumpOptions, readFlashDump } from '../../flash/readFlashDump.ts';
import { RULES } from '../../rules.ts';
import { colonHex } from '../../secrets/secrets.testing.ts';
import { burned, observed, type RuleCase, ruleChecks, subjectOf } from '../subject.testing.ts';
import { coredumpSecret } from './coredumpSecret.ts';
import { ecbVisible } from './ecbVisible.ts';
import { keyInClear } from './keyInClear.ts';
import { keyInErasedNvs } from './keyInErasedNvs.ts';
import { knownTestKey } from './knownTestKey.ts';
import { nvsKeyHalvesEqual } from './nvsKeyHalvesEqual.ts';
import { nvsKeysPlain } from './nvsKeysPlain.ts';
import { nvsPlainWhileFe } from './nvsPlainWhileFe.ts';
import { nvsUniversalKey } from './nvsUniversalKey.ts';
import { oldImageLeftover } from './oldImageLeftover.ts';
import { secureCertKeyInClear } from './secureCertKeyInClear.ts';
import { tokenInClear } from './tokenInClear.ts';
import { urlWithCredentials } from './urlWithCredentials.ts';
import { wifiPasswordInNvs } from './wifiPasswordInNvs.ts';

const read: ReadVector = async (file) => new Uint8Array(await readFile(file));
const { app, data } = PARTITION_TYPES;
const NVS = partition('nvs', data, 2, 0x10000, 0x4000);
const NVS_KEYS = partition('nvs_key', data, 4, 0x14000, 0x1000);
const EEPROM = partition('eeprom', data, 0x99, 0x15000, 0x1000);
const CORE_DUMP = partition('coredump', data, 3, 0x16000, 0x2000);
const CERTIFICATES = partition('esp_secure_cert', 0x3f, 6, 0x18000, 0x2000);
const APP = partition('app', app, 0, 0x20000, 0x20000);
const PARTITIONS: readonly Partition[] = [NVS, NVS_KEYS, EEPROM, CORE_DUMP, CERTIFICATES, APP];
const BOOTLOADER = 0x1000;

type Content = readonly [place: Partition | number, bytes: Uint8Array];

/** A dump with something at the start of partitions, or at an offset. */
function dump(...contents: readonly Content[]): FlashDump {
  return dumpWith({}, ...contents);
}

function dumpWith(options: FlashDumpOptions, ...contents: readonly Content[]): FlashDump {
  const placed = contents.map(([place, bytes]) => [typeof place === 'number' ? place : place.offset, bytes] as const);
  return readFlashDump(flashWith(PARTITIONS, ...placed), options);
}

const nvs = (...rows: readonly NvsRow[]): Uint8Array<ArrayBuffer> => buildNvs(rows, NVS.size);
const noise = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(bytes));

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'sec1', format: 'pem' });
const text = utf8Encode(pem);
const scalar = new Uint8Array(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
const given = (value: PublicKey): { readonly source: string; readonly value: PublicKey } => ({
  source: 'device.pem',
  value,
});
const ownKey = parsePemKey(publicKey.export({ type: 'spki', format: 'pem' }));
const otherKey = parsePemKey(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
);

const keyInNvs = nvs({ namespace: 'cloud' }, { key: 'key', type: 'string', value: pem });
const wifiInNvs = nvs({ namespace: 'wifi' }, { key: 'pswd', type: 'string', value: 'correct horse' });
const keys: NvsKeys = { dataKey: noise(32), tweakKey: noise(32) };
const sealed = encryptNvs(wifiInNvs, keys, portableAes);

const tlv = new Uint8Array(await readFile(new URL('../../../secureCert/vectors/cust_flash_tlv.bin', import.meta.url)));
const testImage = new URL('../../../secureBoot/vectors/sh-rsa1.sector.bin', import.meta.url);
/** esptool, test/secure_images/ecdsa256_secure_boot_signing_pubkey.pem: its private half lies beside it. */
const publishedKey = parsePemKey(`-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENM762z/ushk+c0XOIYpi8wLSWuF5
COnU0VAQnt3spTSX6l3bpwfuppsemDdwy+aKbdgeyMYDxFbROLOPTRbYJw==
-----END PUBLIC KEY-----`);
const publishedSignature = buildSignatureBlock({
  publicKey: publishedKey,
  digest: noise(32),
  signature: noise(64),
});
const foreignSignature = new Uint8Array(await readFile(testImage));

/** ESP-IDF's format: its length, a header, an ELF file. */
function coreDump(memory: Uint8Array): Uint8Array {
  const header = new Uint8Array(24);
  new DataView(header.buffer).setUint32(0, 0x1000, true);
  return concatBytes(header, utf8Encode('\x7fELF'), new Uint8Array(200), memory);
}

const cipher = esp32FlashCipher(noise(32));
const withoutTweak = esp32FlashCipher(noise(32), 0);
function encrypted(place: Partition | number, content: Uint8Array, by = cipher): Content {
  const bytes = new Uint8Array(Math.ceil(content.length / 0x1000) * 0x1000).fill(0xff);
  bytes.set(content);
  by.encrypt(typeof place === 'number' ? place : place.offset, bytes);
  return [place, bytes];
}

const oldFirmware = utf8Encode('E (123) wifi: this was said by the firmware before\0'.repeat(100));
const zeros = new Uint8Array(0x2000);
const oldPattern = concatBytes(deviceKeyPattern('before-v4.3'), noise(32));
const halves = { dataKey: concatBytes(noise(16)), tweakKey: concatBytes(noise(16)) };
const equalHalves: NvsKeys = {
  dataKey: concatBytes(halves.dataKey, halves.dataKey),
  tweakKey: concatBytes(halves.tweakKey, halves.tweakKey),
};

const feOn = burned('esp32', 'FLASH_CRYPT_CNT=1');
const feOff = burned('esp32', '');

const CASES: readonly RuleCase[] = [
  {
    rule: keyInClear,
    sees: [
      ['a key in PEM in a partition', { flash: dump([EEPROM, text]) }],
      ['a key in NVS', { flash: dump([NVS, keyInNvs]) }],
      ['a key in hexadecimal with colons', { flash: dump([EEPROM, utf8Encode(colonHex(scalar))]) }],
      ['a key between partitions', { flash: dump([0x1c123, text]) }],
      ['a key in an app in clear', { flash: dump([APP.offset + 0x777, text]) }],
      [
        'a bare number, known by its public key',
        { flash: dump([EEPROM.offset + 0x101, scalar]), publicKeys: [given(ownKey)] },
      ],
    ],
    passes: [
      ['the public key', { flash: dump([EEPROM, utf8Encode(publicKey.export({ type: 'spki', format: 'pem' }))]) }],
      [
        'a key that only the flash key opens',
        { flash: dumpWith({ cipher }, encrypted(APP, concatBytes(zeros, text))) },
      ],
      ['a key that was erased in NVS, which is another rule', { flash: dump([NVS, withErased(keyInNvs, 'key')]) }],
      ['a key in esp_secure_cert, which is another rule', { flash: dump([CERTIFICATES, tlv]) }],
      ['a bare number nobody knows', { flash: dump([EEPROM.offset + 0x101, scalar]) }],
      [
        "a bare number beside somebody else's public key",
        { flash: dump([EEPROM.offset + 0x101, scalar]), publicKeys: [given(otherKey)] },
      ],
    ],
  },
  {
    rule: keyInErasedNvs,
    sees: [
      ['a key', { flash: dump([NVS, withErased(keyInNvs, 'key')]) }],
      [
        'a value by its name',
        {
          flash: dump([
            NVS,
            withErased(nvs({ namespace: 'old' }, { key: 'token', type: 'string', value: 'tok-AAAA-1111' }), 'token'),
          ]),
        },
      ],
    ],
    passes: [
      ['a key in use', { flash: dump([NVS, keyInNvs]) }],
      [
        'an erased name',
        {
          flash: dump([
            NVS,
            withErased(nvs({ namespace: 'app' }, { key: 'name', type: 'string', value: 'pump in the garden' }), 'name'),
          ]),
        },
      ],
    ],
  },
  {
    rule: wifiPasswordInNvs,
    sees: [
      ['one by its name', { flash: dump([NVS, wifiInNvs]) }],
      ['one that was erased', { flash: dump([NVS, withErased(wifiInNvs, 'pswd')]) }],
      [
        'that of the driver',
        {
          flash: dump([
            NVS,
            nvs(
              { namespace: 'nvs.net80211' },
              { key: 'sta.pswd', type: 'blob', value: concatBytes(utf8Encode('correct horse'), new Uint8Array(52)) },
            ),
          ]),
        },
      ],
    ],
    passes: [
      ['encrypted NVS', { flash: dump([NVS, sealed]) }],
      [
        'an empty password',
        {
          flash: dump([
            NVS,
            nvs({ namespace: 'nvs.net80211' }, { key: 'sta.pswd', type: 'blob', value: new Uint8Array(65) }),
          ]),
        },
      ],
      [
        'the name of the network',
        { flash: dump([NVS, nvs({ namespace: 'wifi' }, { key: 'ssid', type: 'string', value: 'correct horse' })]) },
      ],
    ],
  },
  {
    rule: tokenInClear,
    sees: [
      [
        'a JSON Web Token',
        { flash: dump([EEPROM, utf8Encode(`eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJwIn0.${'aB3'.repeat(28)}`)]) },
      ],
      [
        'a value in NVS by its name',
        { flash: dump([NVS, nvs({ namespace: 'cloud' }, { key: 'api_key', type: 'string', value: 'abcdef123456' })]) },
      ],
    ],
    passes: [
      ['three words with dots between', { flash: dump([EEPROM, utf8Encode('eyJhbG.eyJhdW.signature')]) }],
      [
        'a setting',
        {
          flash: dump([NVS, nvs({ namespace: 'cloud' }, { key: 'host', type: 'string', value: 'broker.example.org' })]),
        },
      ],
    ],
  },
  {
    rule: urlWithCredentials,
    sees: [
      [
        'one of a broker',
        { flash: dump([APP.offset + 0x500, utf8Encode('mqtts://pump:Tr0ub4dor@broker.example.org')]) },
      ],
    ],
    passes: [
      ['a URL', { flash: dump([APP.offset + 0x500, utf8Encode('mqtts://broker.example.org:8883/a@b')]) }],
      ['a format', { flash: dump([APP.offset + 0x500, utf8Encode('mqtts://%s:%s@broker.example.org')]) }],
    ],
  },
  {
    rule: secureCertKeyInClear,
    sees: [['a plain key', { flash: dump([CERTIFICATES, tlv]) }]],
    passes: [
      ['the same partition encrypted', { flash: dump([CERTIFICATES, encrypted(CERTIFICATES, tlv)[1]]) }],
      ['a key elsewhere', { flash: dump([EEPROM, text]) }],
    ],
  },
  {
    rule: coredumpSecret,
    sees: [
      ['a dump with a key in it', { flash: dump([CORE_DUMP, coreDump(text)]) }],
      ['a dump in which nothing is recognised', { flash: dump([CORE_DUMP, coreDump(new Uint8Array(500))]) }],
    ],
    passes: [
      ['an erased partition', { flash: dump() }],
      ['an encrypted dump', { flash: dump(encrypted(CORE_DUMP, coreDump(text))) }],
    ],
  },
  {
    rule: oldImageLeftover,
    sees: [
      ['what is behind an encrypted image', { flash: dump(encrypted(APP, zeros), [APP.offset + 0x4000, oldFirmware]) }],
      [
        'an app in clear beside an encrypted bootloader',
        { flash: dump(encrypted(BOOTLOADER, zeros), [APP.offset, oldFirmware]) },
      ],
    ],
    passes: [
      ['erased flash behind an encrypted image', { flash: dump(encrypted(APP, zeros)) }],
      ['a device without flash encryption', { flash: dump([BOOTLOADER, oldFirmware], [APP, oldFirmware]) }],
      [
        'text in a partition of data',
        { flash: dump(encrypted(APP, zeros), [EEPROM, oldFirmware.subarray(0, 0x1000)]) },
      ],
    ],
    notJudged: [['a dump without partitions', { flash: readFlashDump(noise(0x10000)) }]],
  },
  {
    rule: nvsPlainWhileFe,
    sees: [
      ['values in clear, by the eFuses', { efuse: feOn, flash: dump([NVS, wifiInNvs]) }],
      ['values in clear, by the bootloader', { flash: dump(encrypted(BOOTLOADER, zeros), [NVS, wifiInNvs]) }],
    ],
    passes: [
      ['encrypted NVS', { efuse: feOn, flash: dump([NVS, sealed]) }],
      ['an NVS without values', { efuse: feOn, flash: dump([NVS, nvs()]) }],
      ['a device without flash encryption, which is another rule', { efuse: feOff, flash: dump([NVS, wifiInNvs]) }],
    ],
    notJudged: [
      ['a dump that does not tell', { flash: dump([NVS, wifiInNvs]) }],
      ['a dump without NVS', { efuse: feOn, flash: readFlashDump(noise(0x10000)) }],
    ],
  },
  {
    rule: nvsKeysPlain,
    sees: [['keys with their CRC', { flash: dump([NVS_KEYS, buildNvsKeys(keys)]) }]],
    passes: [
      ['keys under flash encryption', { flash: dumpWith({ cipher }, encrypted(NVS_KEYS, buildNvsKeys(keys))) }],
      ['what the device writes to make its keys', { flash: dump([NVS_KEYS, oldPattern]) }],
      ['64 bytes without a CRC', { flash: dump([NVS_KEYS, noise(68)]) }],
      [
        'the universal keys, which is another rule',
        { flash: dump([NVS_KEYS, buildNvsKeys(universalNvsKeys('from-v4.3'))]) },
      ],
    ],
  },
  {
    rule: nvsUniversalKey,
    sees: [
      [
        'NVS under the old pattern',
        { flash: dump([NVS, encryptNvs(wifiInNvs, universalNvsKeys('before-v4.3'), portableAes)]) },
      ],
      [
        'NVS under the new pattern',
        { flash: dump([NVS, encryptNvs(wifiInNvs, universalNvsKeys('from-v4.3'), portableAes)]) },
      ],
      ['the keys themselves', { flash: dump([NVS_KEYS, buildNvsKeys(universalNvsKeys('before-v4.3'))]) }],
    ],
    passes: [
      ['NVS under its own keys', { flash: dump([NVS, sealed], [NVS_KEYS, buildNvsKeys(keys)]) }],
      ['the pattern as a device writes it', { flash: dump([NVS_KEYS, oldPattern]) }],
    ],
  },
  {
    rule: nvsKeyHalvesEqual,
    sees: [
      ['the old pattern on an ESP32', { efuse: feOn, flash: dump([NVS_KEYS, oldPattern]) }],
      ['keys in clear', { flash: dump([NVS_KEYS, buildNvsKeys(equalHalves)]) }],
      [
        'keys that the flash key opens',
        { flash: dumpWith({ cipher }, encrypted(BOOTLOADER, zeros), encrypted(NVS_KEYS, buildNvsKeys(equalHalves))) },
      ],
    ],
    passes: [
      ['the old pattern on an ESP32-S3', { efuse: burned('esp32s3', ''), flash: dump([NVS_KEYS, oldPattern]) }],
      [
        'the new pattern',
        { efuse: feOn, flash: dump([NVS_KEYS, concatBytes(deviceKeyPattern('from-v4.3'), noise(32))]) },
      ],
      ['whole keys', { flash: dump([NVS_KEYS, buildNvsKeys(keys)]) }],
    ],
    notJudged: [['the old pattern on nobody knows what', { flash: dump([NVS_KEYS, oldPattern]) }]],
  },
  {
    rule: ecbVisible,
    sees: [
      [
        'rows of zeros without a tweak',
        {
          flash: dump(
            encrypted(APP, concatBytes(noise(0x1000), zeros), withoutTweak),
            encrypted(BOOTLOADER, concatBytes(noise(0xf00), zeros), withoutTweak),
          ),
        },
      ],
    ],
    passes: [
      ['rows of zeros with one', { flash: dump(encrypted(APP, concatBytes(noise(0x1000), zeros))) }],
      ['zeros in clear', { flash: dump([APP, zeros]) }],
      [
        'random data that is there twice, in a partition that is not encrypted',
        { flash: dump([EEPROM, repeated(0x1000)]) },
      ],
    ],
  },
  {
    rule: knownTestKey,
    sees: [
      [
        "the key of esp_secure_cert's tests",
        { flash: dump([EEPROM, await read(new URL('../../../secureCert/vectors/priv_key.pem', import.meta.url))]) },
      ],
      ['an image signed with a key of esptool', { flash: dump([APP.offset + 0x2000, publishedSignature]) }],
    ],
    passes: [
      ['an own key', { flash: dump([EEPROM, text]) }],
      ['an image signed with an own key', { flash: dump([APP.offset + 0x2000, foreignSignature]) }],
    ],
  },
];

function repeated(size: number): Uint8Array {
  const half = noise(size / 2);
  return concatBytes(half, half);
}

for (const { name, run } of ruleChecks(CASES)) test(name, run);

test('what is only suspected is never worse than medium, what is proven is as bad as the rule', () => {
  const named = dump([NVS, nvs({ namespace: 'app' }, { key: 'token', type: 'string', value: 'abcdef123456' })]);
  const { findings } = audit(subjectOf({ flash: named }), [tokenInClear], assert.fail);
  assert.deepEqual(
    findings.map(({ severity, confidence }) => [severity, confidence]),
    [['medium', 'suspected']],
  );
  const clear = audit(subjectOf({ flash: dump([EEPROM, text]) }), [keyInClear], assert.fail).findings;
  assert.deepEqual(
    clear.map(({ severity, confidence }) => [severity, confidence]),
    [['critical', 'proven']],
  );
  assert.deepEqual(observed(coredumpSecret, { flash: dump([CORE_DUMP, coreDump(new Uint8Array(500))]) }), ['medium']);
});

test('a public key that is given proves what only has the form of a key', () => {
  const flash = dump([EEPROM, utf8Encode(colonHex(scalar))]);
  const confidence = (publicKeys: readonly PublicKey[]): unknown =>
    audit(subjectOf({ flash, publicKeys: publicKeys.map(given) }), [keyInClear], assert.fail).findings[0]?.confidence;
  assert.equal(confidence([]), 'structured');
  assert.equal(confidence([otherKey]), 'structured');
  assert.equal(confidence([otherKey, ownKey]), 'proven');
});

test('a bare number is found at every alignment, also at the ends of a partition', () => {
  const offsets = [EEPROM.offset, EEPROM.offset + 1, EEPROM.offset + 0x7f3, EEPROM.offset + EEPROM.size - 32];
  for (const offset of offsets) {
    const found = keyInClear.check(subjectOf({ flash: dump([offset, scalar]), publicKeys: [given(ownKey)] }));
    assert.ok(!('notJudged' in found));
    assert.deepEqual(
      found.map((one) => [one.offset, one.confidence, one.partition]),
      [[offset, 'proven', 'eeprom']],
    );
  }
});

test('what an audit says of the flash of whole devices', async () => {
  const seen = (flash: FlashDump, parts = {}): readonly string[] =>
    audit(
      subjectOf({ flash, ...parts }),
      RULES.filter(({ needs }) => needs.includes('flash')),
      assert.fail,
    )
      .findings.filter(({ ruleId }) => CASES.some(({ rule }) => rule.id === ruleId))
      .flatMap(({ ruleId, severity, evidence }) =>
        evidence.map(
          ({ offset, nvsKey, partition }) => `${severity} ${ruleId} 0x${offset?.toString(16)} ${nvsKey ?? partition}`,
        ),
      );
  assert.deepEqual(seen(readFlashDump(await wholeDevice(read, 'open-arduino-board'))), [
    'critical key-in-clear 0x290000 eeprom',
    'high wifi-password-in-nvs 0x90c0 wifi/pswd',
  ]);
  const bytes = await wholeDevice(read, 'flash-encrypted-keys-in-clear');
  const key = esp32FlashCipher(await keyOfDevice(read));
  for (const options of [{}, { chip: CHIPS.esp32, cipher: key }]) {
    assert.deepEqual(seen(readFlashDump(bytes, options)), [
      'critical key-in-clear 0x9080 eeprom/eeprom',
      'critical key-in-clear 0x290000 eeprom',
      'high nvs-plain-while-fe 0x9000 nvs',
      'medium key-in-erased-nvs 0x98e0 old/token',
    ]);
  }
});

test('16 MB of noise give no finding above medium', () => {
  const { findings } = audit(subjectOf({ flash: readFlashDump(noise(0x1000000)) }), RULES, assert.fail);
  for (const { severity } of findings) assert.ok(severity !== 'high' && severity !== 'critical');
});

test('no evidence shows a secret', () => {
  const secrets = [pem, colonHex(scalar), 'correct horse', 'Tr0ub4dor', 'abcdef123456'];
  const flash = dump(
    [EEPROM, text],
    [
      NVS,
      nvs(
        { namespace: 'wifi' },
        { key: 'pswd', type: 'string', value: 'correct horse' },
        { key: 'token', type: 'string', value: 'abcdef123456' },
      ),
    ],
    [APP.offset + 0x500, utf8Encode(`mqtts://pump:Tr0ub4dor@h.org ${colonHex(scalar)}`)],
  );
  const told = JSON.stringify(audit(subjectOf({ flash, efuse: feOn }), RULES, assert.fail));
  for (const secret of secrets) {
    for (let at = 0; at + 8 <= secret.length; at += 8) {
      const piece = secret.slice(at, at + 8);
      if (!pem.split('\n')[0]?.includes(piece) && !piece.includes('-----')) assert.ok(!told.includes(piece), piece);
    }
  }
});
