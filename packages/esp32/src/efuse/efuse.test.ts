import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CHIPS } from '../chips/chips.ts';
import { efuseVector } from './efuse.vectors.ts';
import { efuseEntries } from './efuseSummary.ts';
import { revisionOf } from './efuseFields.ts';
import { buildEmulatorFile, parseEmulatorFile } from './emulatorFile.ts';
import { buildJointDump, jointDumpBytes, parseJointDump } from './jointDump.ts';
import { parseEfuseFile } from './parseEfuseFile.ts';
import { efuseSummaryLines } from './summaryText.ts';

const ESP32 = CHIPS.esp32;
const ESP32S3 = CHIPS.esp32s3;
const chips = fc.constantFrom(...Object.values(CHIPS));

/** Blocks of a chip, with coding scheme none. */
const dumps = chips.chain((chip) =>
  fc.uint8Array({ minLength: jointDumpBytes(chip, 0), maxLength: jointDumpBytes(chip, 0) }).map((bytes) => {
    if (chip.name === 'esp32') bytes[24] = (bytes[24] ?? 0) & 0xfc;
    return { chip, bytes };
  }),
);

const file = (name: string): Promise<Uint8Array> => readFile(efuseVector(name));

function valueOf(bytes: Uint8Array, name: string, chip = ESP32): unknown {
  return efuseEntries(parseEfuseFile(bytes, chip)).find((entry) => entry.name === name)?.value;
}

test('what is built from a dump is read back bit by bit, as joint dump and as emulator file', () => {
  fc.assert(
    fc.property(dumps, ({ chip, bytes }) => {
      const dump = parseJointDump(bytes, chip);
      assert.deepEqual(buildJointDump(dump), bytes);
      assert.deepEqual(parseEmulatorFile(buildEmulatorFile(dump), chip).blocks, dump.blocks);
    }),
  );
});

test('the text that is shown of any eFuses is read back to the same summary', () => {
  fc.assert(
    fc.property(dumps, ({ chip, bytes }) => {
      const dump = parseJointDump(bytes, chip);
      const shown = efuseEntries(dump);
      const again = efuseEntries(parseEfuseFile(utf8Encode(efuseSummaryLines(dump).join('\n')), chip));
      assert.deepEqual(again, shown);
      const json = JSON.stringify(Object.fromEntries(shown.map((entry) => [entry.name, entry])));
      assert.deepEqual(efuseEntries(parseEfuseFile(utf8Encode(json), chip)), shown);
    }),
    { numRuns: 40 },
  );
});

test('QEMU fills its drive with zeros, and nothing else may follow', async () => {
  const drive = new Uint8Array(1024);
  drive.set(await file('esp32_rev3_efuses.bin'));
  assert.equal(revisionOf(parseEfuseFile(drive, ESP32)), 300);
  drive[124] = 1;
  assert.throws(() => parseEfuseFile(drive, ESP32), { code: 'EFUSE_LEFT_OVER', message: /0x7c.*at 0x7c/ });
});

test('3/4 coding shortens the blocks, and a length that does not fit the scheme is told', () => {
  const short = new Uint8Array(100);
  assert.throws(() => parseEfuseFile(short), { code: 'EFUSE_CODING_UNSUPPORTED', message: /0x18 is 0.*24 bytes/ });
  short[24] = 1;
  short[28 + 23] = 0xab;
  assert.match(String(valueOf(short, 'BLOCK1')), /^(00 ){23}ab$/);
  assert.match(String(valueOf(short, 'CODING_SCHEME')), /^3\/4/);
});

test('what is read-protected is shown as question marks, even where the file still has it', async () => {
  const bytes = new Uint8Array(336).fill(0x5a, 112, 144);
  const name = 'BLOCK_KEY0';
  assert.match(String(valueOf(bytes, name, ESP32S3)), /^5a/);
  bytes[4] = 1;
  assert.match(String(valueOf(bytes, name, ESP32S3)), /^(\?\? ){31}\?\?$/);
  assert.doesNotMatch(JSON.stringify(efuseEntries(parseEfuseFile(bytes, ESP32S3))), /5a5a/);
});

test('the ESP32-C2 protects the halves of its key block one by one', () => {
  const bytes = new Uint8Array(84).fill(0x11, 52);
  bytes[4] = 2;
  assert.equal(valueOf(bytes, 'BLOCK_KEY0', CHIPS.esp32c2), `${'11 '.repeat(16)}${'?? '.repeat(15)}??`);
  assert.equal(valueOf(bytes, 'BLOCK_KEY0_LOW_128', CHIPS.esp32c2), `${'11 '.repeat(15)}11`);
});

test('a MAC address whose CRC does not fit is shown with both CRCs', () => {
  const bytes = new Uint8Array(124);
  bytes[4] = 1;
  assert.equal(valueOf(bytes, 'MAC'), '00:00:00:00:00:01 (CRC 0x00 invalid - calculated 0x5e)');
});

test('a summary is read without being told the chip, whatever stands around it', async () => {
  const text = new TextDecoder().decode(await file('esp32c3-fe-development.summary.txt'));
  const around = `espefuse.py v4.7\r\nConnecting....\r\n${text.replaceAll('\n', '\r\n')}\r\nHard resetting...\r\n`;
  assert.equal(parseEfuseFile(utf8Encode(around)).chip.name, 'esp32c3');
  const windows = Uint8Array.of(0xff, 0xfe, ...new Uint8Array(Uint16Array.from(around, (c) => c.charCodeAt(0)).buffer));
  assert.equal(parseEfuseFile(windows).chip.name, 'esp32c3');
});

test('a summary of version 2, which names no blocks, is read', () => {
  const key = '?? '.repeat(31).concat('??');
  const zeros = '00 '.repeat(31).concat('00');
  const text = [
    'espefuse.py v2.6',
    'Connecting....',
    'Security fuses:',
    'FLASH_CRYPT_CNT        Flash encryption mode counter                     = 1 R/W (0x1)',
    'ABS_DONE_0             secure boot enabled for bootloader                = 0 R/W (0x0)',
    'BLK1                   Flash encryption key                              ',
    `  = ${key} -/- `,
    'BLK2                   Secure boot key                                   ',
    `  = ${zeros} R/W `,
    'BLK3                   Variable Block 3                                  ',
    `  = ${zeros} R/W `,
    '',
    'Efuse fuses:',
    'WR_DIS                 Efuse write disable mask                          = 128 R/W (0x80)',
    'RD_DIS                 Efuse read disablemask                            = 1 R/W (0x1)',
    'CODING_SCHEME          Efuse variable block length scheme                = 0 R/W (0x0)',
    '',
    'Identity fuses:',
    'MAC                    Factory MAC Address                               ',
    '  = 30:ae:a4:01:02:03 (CRC 56 OK) R/W ',
  ].join('\n');
  const entries = new Map(efuseEntries(parseEfuseFile(utf8Encode(text))).map((entry) => [entry.name, entry]));
  assert.equal(entries.get('FLASH_CRYPT_CNT')?.value, 1);
  assert.deepEqual([entries.get('BLOCK1')?.readable, entries.get('BLOCK1')?.writeable], [false, false]);
  assert.match(String(entries.get('MAC')?.value), /^30:ae:a4:01:02:03/);
  assert.equal(entries.has('UART_DOWNLOAD_DIS'), false, 'what the summary does not tell is not made up');
});

test('the wrong chip, and a chip that has to be named, are told', async () => {
  const summary = await file('esp32-blank.summary.txt');
  assert.throws(() => parseEfuseFile(summary, ESP32S3), {
    code: 'EFUSE_WRONG_CHIP',
    message: /ESP32, not of ESP32-S3/,
  });
  const joint = await file('esp32s3-blank.joint.bin');
  assert.throws(() => parseEfuseFile(joint), { code: 'EFUSE_CHIP_NEEDED', message: /ESP32-S2.*--chip/ });
  assert.throws(() => parseEfuseFile(joint, ESP32), { code: 'EFUSE_WRONG_LENGTH', message: /124 bytes; this has 336/ });
});

test('a summary that is cut short is no summary', async () => {
  const text = new TextDecoder().decode(await file('esp32-fe-release-sbv1.summary.txt'));
  const value = text.indexOf('?? ??');
  assert.throws(() => parseEfuseFile(utf8Encode(text.slice(0, value))), { code: 'EFUSE_SUMMARY_CUT' });
  assert.throws(() => parseEfuseFile(utf8Encode(text.slice(0, 900))), {
    code: 'EFUSE_SUMMARY_CUT',
    message: /DIS_CACHE/,
  });
  const json = (await file('esp32-fe-release-sbv1.summary.json')).subarray(0, 5000);
  assert.throws(() => parseEfuseFile(json), { code: 'EFUSE_SUMMARY_JSON' });
  assert.throws(() => parseEfuseFile(utf8Encode(text + text)), { code: 'EFUSE_SUMMARY_FIELD_TWICE' });
});

test('a dump that lacks a block in the middle is refused with its line', async () => {
  const lines = new TextDecoder().decode(await file('esp32s3-blank.dump.txt')).split('\n');
  const cut = utf8Encode(lines.toSpliced(3, 1).join('\n'));
  const error = { code: 'EFUSE_DUMP_ORDER', message: /At line 4 .* block 4 where block 3/ };
  assert.throws(() => parseEfuseFile(cut, ESP32S3), error);
  const short = utf8Encode(lines.slice(0, 5).join('\n'));
  assert.throws(() => parseEfuseFile(short, ESP32S3), { code: 'EFUSE_WRONG_LENGTH' });
});

test('nested nonsense in JSON is refused', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const members = ['WR_DIS', 'RD_DIS', 'FLASH_CRYPT_CNT', 'BLOCK1', 'BLOCK2', 'BLOCK3'];
  const entry = `{"value": ${deep}, "readable": ${deep}, "efuse_type": ${deep}, "raw_value": ${deep}}`;
  const json = `{${members.map((name) => `"${name}": ${entry}`).join()}}`;
  assert.throws(() => parseEfuseFile(utf8Encode(json)), { code: 'EFUSE_SUMMARY_VALUE' });
});

test('a value that does not fit its field is told with its line', async () => {
  const text = new TextDecoder().decode(await file('esp32-blank.summary.txt'));
  const wide = text.replace(/(FLASH_CRYPT_CNT.*)\(0b0000000\)/, '$1(0xfff)');
  assert.throws(() => parseEfuseFile(utf8Encode(wide)), {
    code: 'EFUSE_SUMMARY_VALUE',
    message: /At line \d+ .* FLASH_CRYPT_CNT is not a number of 7 bits/,
  });
  const short = text.replace('= 00 00', '= 00');
  assert.throws(() => parseEfuseFile(utf8Encode(short)), { message: /BLOCK1 is not 32 bytes in hexadecimal/ });
});

test('what is no eFuse file is refused with a clear error, whatever it is', () => {
  const wrong = { name: 'MkiotError', code: /^EFUSE_/ };
  for (const chip of [undefined, ...Object.values(CHIPS)]) {
    for (const bytes of [0, 1, 100, 124, 288, 336, 512, 1024, 2 ** 24]) {
      assert.throws(() => parseEfuseFile(new Uint8Array(bytes).fill(0xff), chip), wrong, `${chip?.name} ${bytes}`);
    }
    assert.throws(() => parseEfuseFile(new Uint8Array(0), chip), wrong);
    assert.throws(() => parseEfuseFile(utf8Encode('{"a": {"b": "c"}}'), chip), wrong);
    assert.throws(() => parseEfuseFile(utf8Encode('[1, 2]'), chip), wrong);
  }
});

for (const name of ['summary.v3.3.3.txt', 'summary.json', 'dump.txt']) testSpoilt(`esp32-fe-development.${name}`);

function testSpoilt(name: string): void {
  test(`${name} with any bytes changed is read or refused, never more`, async () => {
    const text = await file(name);
    const changes = fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(text.length), (changed, end) => {
        const bytes = Uint8Array.from(text);
        for (const [at, byte] of changed) bytes[at] = byte;
        for (const candidate of [bytes, bytes.subarray(0, end)]) {
          try {
            efuseEntries(parseEfuseFile(candidate));
          } catch (error) {
            assert.ok(error instanceof MkiotError, String(error));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
}
