import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { portableAes } from '../../aes/portableAes.ts';
import { CHIPS } from '../../chips/chips.ts';
import { burnBits } from '../../efuse/bits.ts';
import { buildJointDump } from '../../efuse/jointDump.ts';
import { parseEfuseFile } from '../../efuse/parseEfuseFile.ts';
import { buildNvs } from '../../nvs/buildNvs.ts';
import type { InputFile } from './auditInput.ts';
import { readFiles, readFolder } from './inputs.testing.ts';
import { type ReadDevice, readBatch } from './readDevice.ts';

const vector = async (path: string, name = path): Promise<InputFile> => {
  const bytes = new Uint8Array(await readFile(new URL(`../../${path}`, import.meta.url)));
  return { name, bytes: path.endsWith('.gz') ? new Uint8Array(gunzipSync(bytes)) : bytes };
};
const open = await vector('audit/flash/vectors/open-arduino-board.bin.gz', 'open.bin');
const encrypted = await vector('audit/flash/vectors/flash-encrypted-keys-in-clear.bin.gz', 'encrypted.bin');
const flashKey = await vector('audit/flash/vectors/flash-encrypted-keys-in-clear.key', 'flash.key');
const scenario = (device: string, name: string) => vector(`audit/vectors/${device}/${name}`, name);
const openEfuses = await scenario('open-arduino-board', 'efuse.joint.bin');
const encryptedEfuses = await scenario('flash-encrypted-keys-in-clear', 'efuse.joint.bin');

const named = (name: string, bytes: Uint8Array<ArrayBuffer>): InputFile => ({ name, bytes });
const text = (name: string, contents: string): InputFile => named(name, utf8Encode(contents));
const problemsOf = ({ problems }: ReadDevice): readonly string[] => problems.map(({ code }) => code);
const changed = (file: InputFile, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): InputFile =>
  named(file.name, change(file.bytes.slice()));

test('a folder of one device is read whole; what is nothing to an audit is left out', async () => {
  const device = 'flash-encrypted-keys-in-clear';
  const names = [
    'efuse.joint.bin',
    'efuse.summary.json',
    'efuse.summary.txt',
    'boot.log',
    'sdkconfig',
    'expected.json',
  ];
  const files = await Promise.all(names.map((name) => scenario(device, name)));
  const read = await readFolder([encrypted, ...files, { ...flashKey, name: 'copied.key' }]);
  assert.deepEqual(problemsOf(read), []);
  assert.equal(read.subject.chip, CHIPS.esp32);
  assert.deepEqual(
    read.leftOut.map(({ source }) => source),
    ['expected.json', 'copied.key'],
  );
  for (const part of ['efuse', 'bootLog', 'sdkconfig', 'flash'] as const) assert.ok(read.subject[part], part);
});

test('the same files named one by one must all be inputs', async () => {
  await assert.rejects(readFiles([openEfuses, text('notes.txt', 'it works')]), { code: 'AUDIT_INPUT_UNKNOWN' });
  await assert.rejects(readFolder([text('notes.txt', 'it works')]), { code: 'AUDIT_INPUT_NONE' });
});

test('a broken or empty file in a folder is a problem, since nobody looked at what it should have held', async () => {
  const read = await readFolder([
    openEfuses,
    named('flash.bin', new Uint8Array(0)),
    text('p.csv', 'a, app, ota_0, x, y,'),
  ]);
  assert.deepEqual(problemsOf(read), ['AUDIT_INPUT_EMPTY', 'AUDIT_INPUT_BROKEN']);
});

test('a file that is there twice counts once; two that differ are of two devices or two times', async () => {
  const read = await readFiles([openEfuses, { ...openEfuses, name: 'copy.bin' }]);
  assert.deepEqual(read.leftOut, [{ source: 'copy.bin', reason: 'the same as efuse.joint.bin' }]);
  for (const [one, other] of [
    [openEfuses, encryptedEfuses],
    [open, encrypted],
    [text('a.log', 'I (1) boot: one'), text('b.log', 'I (1) boot: two')],
  ] as const) {
    await assert.rejects(readFiles([one, other]), { code: 'AUDIT_INPUT_TWICE' });
  }
});

test('in a project "sdkconfig" counts, and what it was made of does not', async () => {
  const read = await readFolder([
    text('sdkconfig.old', 'CONFIG_A=y\n'),
    text('sdkconfig', 'CONFIG_A=n\n'),
    text('sdkconfig.defaults', 'CONFIG_A=y\nCONFIG_B=y\n'),
  ]);
  assert.equal(read.subject.sdkconfig?.source, 'sdkconfig');
  assert.equal(read.leftOut.length, 2);
});

test('the chip is taken from whatever tells it, for eFuses that do not', async () => {
  const efuses = await vector('efuse/vectors/esp32c3-fe-development.joint.bin');
  await assert.rejects(readFiles([efuses]), { code: 'AUDIT_INPUT_BROKEN' });
  const teller = text('boot.log', 'ESP-ROM:esp32c3-api1-20210207\nBuild:Feb  7 2021\nrst:0x1 (POWERON),boot:0xc\n');
  assert.equal((await readFiles([efuses, teller])).subject.efuse?.value.chip, CHIPS.esp32c3);
  assert.equal((await readFiles([efuses], { chip: CHIPS.esp32c3 })).subject.chip, CHIPS.esp32c3);
});

test('files of two chips are refused, whoever says it', async () => {
  const s3 = text('sdkconfig', 'CONFIG_IDF_TARGET="esp32s3"\n');
  const efuses = await vector('efuse/vectors/esp32s3-blank.summary.txt', 's3.txt');
  for (const files of [
    [open, s3],
    [openEfuses, s3],
    [open, efuses],
    [text('boot.log', 'ets Jul 29 2019 12:21:46\n'), s3],
    [await vector('secureBoot/vectors/app-esp32.bin', 'app.bin'), s3],
  ]) {
    await assert.rejects(readFiles(files), { code: 'AUDIT_CHIPS_DISAGREE' });
  }
  await assert.rejects(readFiles([open], { chip: CHIPS.esp32s3 }), /--chip is of ESP32-S3, but open.bin says ESP32\./);
});

const MAC_OFFSET = 32;
/** The joint dump of an ESP32 with a MAC address that ends in `last`. */
const efusesOf = (last: number): InputFile => {
  const dump = parseEfuseFile(openEfuses.bytes, CHIPS.esp32);
  burnBits(dump.blocks[0] as Uint8Array, MAC_OFFSET, 8, last);
  return named(`efuse-${last}.bin`, buildJointDump(dump));
};

test('two MAC addresses are two devices, in eFuses, log or the calibration in flash', async () => {
  const log = (mac: string) => text('boot.log', `I (577) wifi:mode : sta (${mac})\n`);
  const calibrated = (last: number) =>
    changed(open, (bytes) => {
      const rows = [
        { namespace: 'phy' },
        { key: 'cal_mac', type: 'blob', value: Uint8Array.of(0, 0, 0, 0, 0, last) },
      ] as const;
      bytes.set(buildNvs(rows, 0x5000), 0x9000);
      return bytes;
    });
  for (const files of [
    [efusesOf(1), efusesOf(2)],
    [efusesOf(1), log('00:00:00:00:00:02')],
    [efusesOf(1), calibrated(2)],
  ]) {
    await assert.rejects(readFiles(files), { code: 'AUDIT_MACS_DISAGREE' });
  }
  const same = await readFiles([efusesOf(1), log('00:00:00:00:00:01'), calibrated(1)]);
  assert.deepEqual(problemsOf(same), []);
});

test('eFuses and dump of two times or devices are told by the encryption of the bootloader', async () => {
  assert.deepEqual(problemsOf(await readFiles([open, encryptedEfuses])), ['AUDIT_FLASH_OTHER_STATE']);
  assert.ok(problemsOf(await readFiles([encrypted, openEfuses])).includes('AUDIT_FLASH_OTHER_STATE'));
  assert.deepEqual(problemsOf(await readFiles([open, openEfuses])), []);
  assert.deepEqual(problemsOf(await readFiles([encrypted, encryptedEfuses])), []);
});

test('a dump that is cut, wherever, is said to be', async () => {
  for (const length of [0x10000, 0x123456, 0x3ff000, 0x3fffff]) {
    const read = await readFiles([changed(open, (bytes) => bytes.slice(0, length))]);
    assert.deepEqual(problemsOf(read), ['AUDIT_FLASH_CUT'], length.toString(16));
  }
  const read = await readFiles([changed(encrypted, (bytes) => bytes.slice(0, 0x200001)), encryptedEfuses]);
  assert.deepEqual(problemsOf(read), ['AUDIT_FLASH_CUT']);
});

test('a dump that does not begin at address 0 is said to be shifted', async () => {
  for (const start of [1, 0x10, 0x800, 0x1000, 0x8000]) {
    const read = await readFiles([changed(open, (bytes) => bytes.slice(start))]);
    assert.deepEqual(problemsOf(read), ['AUDIT_FLASH_SHIFTED'], start.toString(16));
  }
  const later = await readFiles([
    changed(open, (bytes) => {
      const moved = new Uint8Array(bytes.length + 0x100).fill(0xff);
      moved.set(bytes, 0x100);
      return moved;
    }),
  ]);
  assert.deepEqual(problemsOf(later), ['AUDIT_FLASH_SHIFTED']);
});

test('a dump from the first app on is shifted, although it begins with an image', async () => {
  const read = await readFiles([changed(open, (bytes) => bytes.slice(0x10000))]);
  assert.deepEqual(problemsOf(read), ['AUDIT_FLASH_SHIFTED']);
});

test('blank flash and a read of nothing are said, not judged as clean', async () => {
  for (const byte of [0, 0xff]) {
    const read = await readFiles([named('flash.bin', new Uint8Array(0x100000).fill(byte))]);
    assert.deepEqual(problemsOf(read), ['AUDIT_FLASH_BLANK']);
  }
});

test('noise is no dump that was looked at, unless the eFuses say that the flash is encrypted', async () => {
  const noise = named('noise.bin', new Uint8Array(0x100000));
  for (let at = 0; at < noise.bytes.length; at += 0x10000)
    crypto.getRandomValues(noise.bytes.subarray(at, at + 0x10000));
  assert.deepEqual(problemsOf(await readFiles([noise])), ['AUDIT_FLASH_UNREADABLE']);
  assert.ok(problemsOf(await readFiles([noise, openEfuses])).includes('AUDIT_FLASH_UNREADABLE'));
  assert.deepEqual(problemsOf(await readFiles([noise, encryptedEfuses])), []);
});

test('the flash encryption key opens the dump; of another device it is said to fit nothing', async () => {
  const read = await readFiles([encrypted], { flashKey });
  assert.equal(read.subject.flash?.value.keyFits, true);
  assert.equal(read.subject.flash?.value.partitionTable?.offset, 0x8000);
  const other = named('other.key', new Uint8Array(32).fill(7));
  assert.ok(problemsOf(await readFiles([encrypted], { flashKey: other })).includes('AUDIT_FLASH_KEY_WRONG'));
  const short = named('short.key', new Uint8Array(31));
  await assert.rejects(readFiles([encrypted], { flashKey: short }), { code: 'AUDIT_FLASH_KEY_LENGTH' });
});

test('a flash key or an earlier dump without a dump of now is refused, not passed over', async () => {
  const nvs = await vector('nvs/vectors/plain-basic.bin', 'nvs.bin');
  for (const files of [[openEfuses], [nvs]]) {
    await assert.rejects(readFiles(files, { flashKey }), { code: 'AUDIT_FLASH_MISSING' });
    await assert.rejects(readFiles(files, { before: open }), { code: 'AUDIT_FLASH_MISSING' });
  }
});

test('partitions given as files are looked at together, each with its name', async () => {
  const nvs = await vector('nvs/vectors/plain-basic.bin', 'nvs.bin');
  const app = await vector('secureBoot/vectors/app-esp32.bin', 'app.bin');
  const read = await readFiles([nvs, app]);
  assert.deepEqual(
    read.subject.flash?.value.regions.map(({ name, content }) => [name, content]),
    [
      ['nvs', 'plain'],
      ['app', 'plain'],
    ],
  );
  const [first, second] = read.contents?.files ?? [];
  assert.deepEqual([first?.source, second?.source], ['nvs.bin', 'app.bin']);
  assert.deepEqual(read.subject.flash?.value.regions[1]?.readable.slice(0, app.bytes.length), app.bytes);
});

test('beside a dump of the whole flash, partitions are left out', async () => {
  const read = await readFiles([open, await vector('nvs/vectors/plain-basic.bin', 'nvs.bin')]);
  assert.equal(read.leftOut[0]?.source, 'nvs.bin');
});

test('what is named as a public key has to be one', async () => {
  const key = await vector('secureCert/vectors/priv_key.pem');
  assert.equal((await readFiles([openEfuses], { publicKeys: [key] })).subject.publicKeys.length, 1);
  await assert.rejects(readFiles([openEfuses], { publicKeys: [openEfuses] }), { code: 'AUDIT_INPUT_UNKNOWN' });
});

test('each device of a batch has the others as its batch', async () => {
  const devices = [1, 2, 3].map((last) => ({ name: `device-${last}`, files: [efusesOf(last)], mayHoldOthers: true }));
  const batch = await readBatch(devices, { publicKeys: [] }, portableAes);
  assert.deepEqual(
    batch.map(({ subject }) => subject.batch.map(({ efuse }) => efuse?.source)),
    [
      ['efuse-2.bin', 'efuse-3.bin'],
      ['efuse-1.bin', 'efuse-3.bin'],
      ['efuse-1.bin', 'efuse-2.bin'],
    ],
  );
});
