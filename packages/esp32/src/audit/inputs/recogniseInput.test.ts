import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { EFUSE_STATES } from '../../efuse/efuse.vectors.ts';
import type { AuditInput } from './auditInput.ts';
import { recogniseInput } from './recogniseInput.ts';

const vector = async (path: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(`../../${path}`, import.meta.url)));
const recognise = (bytes: Uint8Array<ArrayBuffer>): Promise<AuditInput> =>
  recogniseInput({ name: 'a name that says nothing', bytes });
const kindOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const input = await recognise(bytes);
  return input.kind === 'contents' ? input.content : input.kind;
};

const KINDS: readonly (readonly [path: string, kind: string])[] = [
  ...EFUSE_STATES.flatMap((state) =>
    ['joint.bin', 'virt.bin', 'dump.txt', 'summary.txt', 'summary.json'].map(
      (form) => [`efuse/vectors/${state}.${form}`, 'efuse'] as const,
    ),
  ),
  ['efuse/vectors/esp32-fe-development.summary.v3.3.3.txt', 'efuse'],
  ['efuse/vectors/esp32s3-xts256-sbv2-release.summary.v4.12.txt', 'efuse'],
  ['audit/vectors/bootlogs/enc-dev-second-boot.log', 'bootLog'],
  ['audit/vectors/bootlogs/rom-blank-flash.log', 'bootLog'],
  ['audit/vectors/bootlogs/own-v5.1.4-plain-first-boot.log', 'bootLog'],
  ['audit/vectors/flash-encrypted-keys-in-clear/sdkconfig', 'sdkconfig'],
  ['partitionTable/vectors/arduino-min-spiffs.csv', 'partitionTable'],
  ['partitionTable/vectors/partitions_two_ota.csv', 'partitionTable'],
  ['partitionTable/vectors/arduino-min-spiffs.bin', 'partitionTable'],
  ['partitionTable/vectors/no-md5.bin', 'partitionTable'],
  ['audit/flash/vectors/open-arduino-board.bin.gz', 'flash'],
  ['audit/flash/vectors/flash-encrypted-keys-in-clear.bin.gz', 'flash'],
  ['secureBoot/vectors/app-esp32.bin', 'app-image'],
  ['secureBoot/vectors/app-esp32-securepad2.bin', 'app-image'],
  ['nvs/vectors/plain-basic.bin', 'nvs'],
  ['nvs/vectors/encrypted-basic.bin', 'nvs'],
  ['content/vectors/spiffs.bin', 'spiffs'],
  ['content/vectors/fat.bin', 'fat'],
  ['secureCert/vectors/cust_flash_tlv.bin', 'esp-secure-cert'],
  ['secureCert/vectors/priv_key.pem', 'publicKey'],
];

test('each kind of file is recognised by its content alone, packed or not', async () => {
  for (const [path, kind] of KINDS) {
    const bytes = await vector(path);
    assert.equal(await kindOf(bytes), kind, path);
    if (!path.endsWith('.gz')) assert.equal(await kindOf(new Uint8Array(gzipSync(bytes))), kind, `${path}, packed`);
  }
});

test('of a private key only the public half is kept', async () => {
  for (const key of [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]) {
    const input = await recognise(utf8Encode(key.privateKey.export({ type: 'pkcs8', format: 'pem' })));
    assert.equal(input.kind, 'publicKey');
    assert.ok(!('d' in (input.value as object)) && !('p' in (input.value as object)));
  }
});

test('a dump in which nothing can be read is a dump by its length; less is nothing', async () => {
  const noise = Uint8Array.from({ length: 0x20000 }, (_, index) => (index * index * 31 + 7 * index) >> 3);
  assert.equal(await kindOf(noise), 'flash');
  await assert.rejects(kindOf(noise.slice(0, 0x1000)), { code: 'AUDIT_INPUT_UNKNOWN' });
});

test('a dump that begins with its bootloader is no image alone, nor is one with a page of NVS', async () => {
  const app = await vector('secureBoot/vectors/app-esp32.bin');
  const dump = new Uint8Array(0x40000).fill(0xff);
  dump.set(app);
  assert.equal(await kindOf(dump), 'app-image');
  dump.set(await vector('nvs/vectors/plain-basic.bin'), 0x30000);
  assert.equal(await kindOf(dump), 'flash');
});

test('what is no input is refused with its reason', async () => {
  for (const [bytes, code] of [
    [new Uint8Array(0), 'AUDIT_INPUT_EMPTY'],
    [new Uint8Array(gzipSync(new Uint8Array(0))), 'AUDIT_INPUT_EMPTY'],
    [utf8Encode('Dear diary,\ntoday I soldered.\n'), 'AUDIT_INPUT_UNKNOWN'],
    [utf8Encode('{"chip": "esp32", "isSecure": true}'), 'AUDIT_INPUT_UNKNOWN'],
    [Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), 'AUDIT_GZIP'],
    [new Uint8Array(gzipSync(new Uint8Array(5000).fill(65))).slice(0, 20), 'AUDIT_GZIP'],
    [new Uint8Array(32).fill(0x80), 'AUDIT_INPUT_KEY'],
    [utf8Encode('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), 'AUDIT_INPUT_BROKEN'],
    [utf8Encode('nvs, data, nvs, 0x9000, rubbish,\n'), 'AUDIT_INPUT_BROKEN'],
    [Uint8Array.of(0xaa, 0x50, 1, 2, 3), 'AUDIT_INPUT_BROKEN'],
  ] as const) {
    await assert.rejects(recognise(bytes), { code });
  }
});

test('what unpacks to more than any flash holds is given up', async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(0x8000001)));
  await assert.rejects(recognise(bomb), { code: 'AUDIT_GZIP' });
});

test('any bytes are recognised or refused with a code, never anything else', async () => {
  const anything = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.string({ unit: 'binary' }).map(utf8Encode));
  await fc.assert(
    fc.asyncProperty(anything, async (bytes) => {
      await recognise(new Uint8Array(bytes)).catch((error: unknown) => {
        if (!(error instanceof MkiotError)) throw error;
      });
    }),
  );
});
