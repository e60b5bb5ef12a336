import { toHex } from '@mkiot/core/bytes/bytes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { xtsFlashCipher } from '@mkiot/esp32/flashEncryption/xtsFlashCipher';
import { fromHex } from '@mkiot/esp32/vectors.testing';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FLASH_TIMINGS } from '../flash/flashTiming.ts';
import { type BenchOptions, LoaderBench, requestFrame, dataPacket } from '../virtualChip.testing.ts';
import { payloadChecksum } from './packet.ts';

interface RecordedFrame {
  readonly dir: 'h2d' | 'd2h';
  readonly len: number;
  readonly hex?: string;
  readonly head?: string;
  readonly sha256?: string;
}

const vector = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`vectors/${name}`, import.meta.url)));
const DATA = vector('data.bin');
/** As the recording device had it: an XMC flash. */
const RECORDED_FLASH = { manufacturer: 0x20, memoryType: 0x40, timing: FLASH_TIMINGS.unthrottled };
const FLASH_OFFSET = 0x9000;

/** Why the chip answers some requests otherwise than the recording device did, by the request. */
const REASONS: Readonly<Record<string, string>> = {
  '000a0400000000007c60f63f': 'of APB_CTRL_DATE only bit 31 means something',
  '000a04000000000008a0f53f': 'the MAC address of the device has a wrong MAC_CRC',
  '000a0400000000003840f43f': 'of the strapping pins of the device none is high',
  '000a0400000000008020f43f': 'the flash of the device does not know the command that reads SFDP',
  '000a04000000000058200060': 'the flash of the device does not know the command that reads SFDP',
  '0014000000000000': 'the security info of the device lacks what its eFuses say',
  ...Object.fromEntries(
    ['38', '3c', '40', '44', '48', '4c', '50', '54'].map((offset) => [
      `000a040000000000${offset}a0f53f`,
      'the device shows a key that is read-protected',
    ]),
  ),
};

/** How often each of them came. */
const DIFFERENT: Readonly<Record<string, number>> = {
  'esp32-rom-flash-id': 4,
  'esp32-rom-read': 3,
  'esp32-rom-write-uncompressed': 4,
  'esp32-rom-write-compressed': 4,
  'esp32-stub-read': 3,
  'esp32-stub-write-read': 4,
  'esp32s3-rom-security-info': 0,
  'esp32s3-rom-write-encrypt': 2,
  'esp32-efuse-burn-crypt-cnt': 7,
  'esp32-efuse-burn-key': 14,
};

const MEM_DATA = 0x07;
const FLASH_DATA = 0x03;

/** What of `opcode`'s payload with this number and length was sent. */
function payloadOf(opcode: number, sequence: number, length: number): Uint8Array<ArrayBuffer> {
  if (opcode === MEM_DATA) return standInForStub(length);
  if (opcode !== FLASH_DATA) return vector('data.zlib');
  const padded = new Uint8Array(length).fill(0xff);
  padded.set(DATA.subarray(sequence * length, (sequence + 1) * length));
  return padded;
}

/** The code of the stub is in no recording: other bytes, as many, with the greeting. */
function standInForStub(length: number): Uint8Array<ArrayBuffer> {
  const code = new Uint8Array(length);
  code.set([0x4f, 0x48, 0x41, 0x49], 8);
  return code;
}

/** A frame that the tool has sent; a long one is made again, and has the digest that was recorded. */
function sentFrame({ hex, head = '', len, sha256: digest }: RecordedFrame): Uint8Array<ArrayBuffer> {
  if (hex !== undefined) return fromHex(hex);
  const start = fromHex(head);
  const [, opcode = 0] = start;
  const sequence = new DataView(start.buffer).getUint32(12, true);
  const payload = payloadOf(opcode, sequence, len - start.length);
  const frame = requestFrame(opcode, dataPacket(sequence, payload), payloadChecksum(payload));
  if (opcode !== MEM_DATA) assert.equal(sha256(frame), digest);
  return frame;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function recording(name: string): readonly RecordedFrame[] {
  const lines = readFileSync(new URL(`vectors/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedFrame);
}

/** Sends what the tool sent, and compares each answer with the one that the tool has accepted. */
async function replay(name: string, bench: LoaderBench): Promise<void> {
  let different = 0;
  let asked = '';
  await bench.ready();
  for (const frame of recording(name)) {
    if (frame.dir === 'h2d') {
      const sent = sentFrame(frame);
      asked = toHex(sent.subarray(0, 24));
      bench.sendFrame(sent);
      continue;
    }
    const answer = await bench.nextFrame();
    assert.equal(answer.length, frame.len, `length of the answer to ${asked}`);
    const isSame = frame.hex === undefined ? sha256(answer) === frame.sha256 : toHex(answer) === frame.hex;
    if (isSame) continue;
    assert.ok(Object.hasOwn(REASONS, asked), `${toHex(answer)} is the answer to ${asked}, not ${frame.hex}`);
    different++;
  }
  assert.equal(different, DIFFERENT[name]);
  assert.deepEqual(bench.frames, []);
}

/** The recorded chip is of revision v3.0, and in another package than ours. */
const V3_0 = { CHIP_VER_REV1: 1, CHIP_VER_REV2: 1 };

function recordedChip(options: BenchOptions = {}): LoaderBench {
  return new LoaderBench({ flashModel: RECORDED_FLASH, factory: V3_0, ...options });
}

test('esptool reads the identity of the flash from the ROM', () => replay('esp32-rom-flash-id', recordedChip()));

test('esptool reads flash from the ROM, 64 bytes at a time', () => replay('esp32-rom-read', recordedChip()));

for (const name of ['esp32-rom-write-uncompressed', 'esp32-rom-write-compressed']) {
  test(`esptool writes through the ROM and compares the digest (${name})`, async () => {
    const bench = recordedChip();
    await replay(name, bench);
    assert.deepEqual(bench.chip.flash.read(FLASH_OFFSET, DATA.length), DATA);
  });
}

test('esptool starts its stub and reads flash', () => replay('esp32-stub-read', recordedChip()));

test('esptool starts its stub, writes compressed and compares the digest', async () => {
  const bench = recordedChip();
  await replay('esp32-stub-write-read', bench);
  assert.deepEqual(bench.chip.flash.read(FLASH_OFFSET, DATA.length), DATA);
});

test('esptool asks an ESP32-S3 for its security info', () =>
  replay('esp32s3-rom-security-info', recordedChip({ chip: 'esp32s3', factory: {} })));

test('esptool has the ROM of an ESP32-S3 encrypt what it writes', async () => {
  const burned = { SPI_BOOT_CRYPT_CNT: 1, KEY_PURPOSE_0: 4, BLOCK_KEY0: vector('fe.key'), RD_DIS: 1 };
  const bench = recordedChip({ chip: 'esp32s3', factory: {}, burned });
  await replay('esp32s3-rom-write-encrypt', bench);
  const padded = new Uint8Array([...DATA, ...new Uint8Array(12).fill(0xff)]);
  const cipher = await xtsFlashCipher(vector('fe.key').reverse(), portableAes);
  cipher.encrypt(0x10000, padded);
  assert.deepEqual(bench.chip.flash.read(0x10000, padded.length), padded);
});

test('espefuse burns FLASH_CRYPT_CNT by the registers of the controller', async () => {
  const bench = recordedChip();
  await replay('esp32-efuse-burn-crypt-cnt', bench);
  const [word0] = new Uint32Array(bench.chip.efuses.readable().blocks[0]!.slice(0, 4).buffer);
  assert.equal(word0, 1 << 20);
});

test('espefuse burns a flash encryption key, and protects it from being read and written', async () => {
  const bench = recordedChip();
  await replay('esp32-efuse-burn-key', bench);
  assert.deepEqual(bench.chip.efuses.trueKey(1), vector('fe.key').reverse());
  assert.deepEqual(bench.chip.efuses.readable().blocks[1], new Uint8Array(32));
  const [word0] = new Uint32Array(bench.chip.efuses.readable().blocks[0]!.slice(0, 4).buffer);
  assert.equal(word0, (1 << 16) | (1 << 7));
});
