import { toHex, utf8Decode } from '@mkiot/core/bytes/bytes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { xtsFlashCipher } from '@mkiot/esp32/flashEncryption/xtsFlashCipher';
import { expectBytes, expectEqual, fromHex, type ReadVector, type VectorCheck } from '@mkiot/esp32/vectors.testing';
import { FLASH_TIMINGS } from '../flash/flashTiming.ts';
import { type BenchOptions, LoaderBench, requestFrame, dataPacket } from '../virtualChip.testing.ts';
import { payloadChecksum } from '@mkiot/esp32/serial/packet';

interface RecordedFrame {
  readonly dir: 'h2d' | 'd2h';
  readonly len: number;
  readonly hex?: string;
  readonly head?: string;
  readonly sha256?: string;
}

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

/** What the tools were given to write and to burn. */
interface Inputs {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly key: Uint8Array<ArrayBuffer>;
}

function vector(name: string): URL {
  return new URL(`vectors/${name}`, import.meta.url);
}

async function readInputs(read: ReadVector): Promise<Inputs> {
  const [data, compressed, key] = await Promise.all([
    read(vector('data.bin')),
    read(vector('data.zlib')),
    read(vector('fe.key')),
  ]);
  return { data, compressed, key };
}

/** What of `opcode`'s payload with this number and length was sent. */
function payloadOf(inputs: Inputs, opcode: number, sequence: number, length: number): Uint8Array<ArrayBuffer> {
  if (opcode === MEM_DATA) return standInForStub(length);
  if (opcode !== FLASH_DATA) return inputs.compressed;
  const padded = new Uint8Array(length).fill(0xff);
  padded.set(inputs.data.subarray(sequence * length, (sequence + 1) * length));
  return padded;
}

/** The code of the stub is in no recording: other bytes, as many, with the greeting. */
function standInForStub(length: number): Uint8Array<ArrayBuffer> {
  const code = new Uint8Array(length);
  code.set([0x4f, 0x48, 0x41, 0x49], 8);
  return code;
}

/** A frame that the tool has sent; a long one is made again, and has the digest that was recorded. */
async function sentFrame(inputs: Inputs, recorded: RecordedFrame): Promise<Uint8Array<ArrayBuffer>> {
  const { hex, head = '', len, sha256 } = recorded;
  if (hex !== undefined) return fromHex(hex);
  const start = fromHex(head);
  const [, opcode = 0] = start;
  const sequence = new DataView(start.buffer).getUint32(12, true);
  const payload = payloadOf(inputs, opcode, sequence, len - start.length);
  const frame = requestFrame(opcode, dataPacket(sequence, payload), payloadChecksum(payload));
  if (opcode !== MEM_DATA) expectEqual(await digest(frame), sha256, `packet ${sequence}`);
  return frame;
}

async function digest(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))));
}

/** Sends what the tool sent, and compares each answer with the one that the tool has accepted. */
async function replay(name: string, bench: LoaderBench, inputs: Inputs, read: ReadVector): Promise<void> {
  const lines = utf8Decode(await read(vector(`${name}.jsonl`)))
    .trim()
    .split('\n');
  let different = 0;
  let asked = '';
  await bench.ready();
  for (const frame of lines.map((line) => JSON.parse(line) as RecordedFrame)) {
    if (frame.dir === 'h2d') {
      const sent = await sentFrame(inputs, frame);
      asked = toHex(sent.subarray(0, 24));
      bench.sendFrame(sent);
      continue;
    }
    const answer = await bench.nextFrame();
    expectEqual(answer.length, frame.len, `length of the answer to ${asked}`);
    const isSame = frame.hex === undefined ? (await digest(answer)) === frame.sha256 : toHex(answer) === frame.hex;
    if (isSame) continue;
    if (!Object.hasOwn(REASONS, asked)) expectEqual(toHex(answer), frame.hex, `answer to ${asked}`);
    different++;
  }
  expectEqual(different, DIFFERENT[name], 'number of other answers');
  expectEqual(bench.frames.length, 0, 'number of answers too many');
}

/** The recorded ESP32 is of revision v3.0, and in another package than ours. */
const ESP32_V3_0: BenchOptions = { flashModel: RECORDED_FLASH, factory: { CHIP_VER_REV1: 1, CHIP_VER_REV2: 1 } };
const ESP32S3_V0_0: BenchOptions = { flashModel: RECORDED_FLASH, chip: 'esp32s3', factory: {} };

interface Recording {
  readonly name: string;
  readonly what: string;
  readonly chip: (inputs: Inputs) => BenchOptions;
  /** What has to be so on the chip afterwards. */
  readonly check?: (bench: LoaderBench, inputs: Inputs) => void | Promise<void>;
}

const isWritten: Recording['check'] = ({ chip }, { data }) =>
  expectBytes(chip.flash.read(FLASH_OFFSET, data.length), data, 'flash');

function firstWord({ chip }: LoaderBench): number {
  return (
    chip.efuses
      .readable()
      .blocks[0]?.slice(0, 4)
      .reduceRight((word, byte) => word * 0x100 + byte, 0) ?? 0
  );
}

const RECORDINGS: readonly Recording[] = [
  { name: 'esp32-rom-flash-id', what: 'reads the identity of the flash from the ROM', chip: () => ESP32_V3_0 },
  { name: 'esp32-rom-read', what: 'reads flash from the ROM, 64 bytes at a time', chip: () => ESP32_V3_0 },
  {
    name: 'esp32-rom-write-uncompressed',
    what: 'writes through the ROM and compares the digest',
    chip: () => ESP32_V3_0,
    check: isWritten,
  },
  {
    name: 'esp32-rom-write-compressed',
    what: 'writes through the ROM, which it asks for no compression, and compares the digest',
    chip: () => ESP32_V3_0,
    check: isWritten,
  },
  { name: 'esp32-stub-read', what: 'starts its stub and reads flash', chip: () => ESP32_V3_0 },
  {
    name: 'esp32-stub-write-read',
    what: 'starts its stub, writes compressed and compares the digest',
    chip: () => ESP32_V3_0,
    check: isWritten,
  },
  { name: 'esp32s3-rom-security-info', what: 'asks an ESP32-S3 for its security info', chip: () => ESP32S3_V0_0 },
  {
    name: 'esp32s3-rom-write-encrypt',
    what: 'has the ROM of an ESP32-S3 encrypt what it writes',
    chip: ({ key }) => ({
      ...ESP32S3_V0_0,
      burned: { SPI_BOOT_CRYPT_CNT: 1, KEY_PURPOSE_0: 4, BLOCK_KEY0: key, RD_DIS: 1 },
    }),
    async check({ chip }, { data, key }) {
      const expected = new Uint8Array([...data, ...new Uint8Array(12).fill(0xff)]);
      (await xtsFlashCipher(key.toReversed(), portableAes)).encrypt(0x10000, expected);
      expectBytes(chip.flash.read(0x10000, expected.length), expected, 'flash');
    },
  },
  {
    name: 'esp32-efuse-burn-crypt-cnt',
    what: 'burns FLASH_CRYPT_CNT by the registers of the controller',
    chip: () => ESP32_V3_0,
    check: (bench) => expectEqual(firstWord(bench), 1 << 20, 'first word of BLOCK0'),
  },
  {
    name: 'esp32-efuse-burn-key',
    what: 'burns a flash encryption key, and protects it from being read and written',
    chip: () => ESP32_V3_0,
    check(bench, { key }) {
      const { efuses } = bench.chip;
      expectBytes(efuses.trueKey(1), key.toReversed(), 'BLOCK1');
      expectBytes(efuses.readable().blocks[1] ?? new Uint8Array(), new Uint8Array(32), 'BLOCK1 as it reads');
      expectEqual(firstWord(bench), (1 << 16) | (1 << 7), 'first word of BLOCK0');
    },
  },
];

export const checks: readonly VectorCheck[] = RECORDINGS.map(({ name, what, chip, check }) => ({
  name: `esptool or espefuse ${what} (${name})`,
  async run(read) {
    const inputs = await readInputs(read);
    const bench = new LoaderBench(chip(inputs));
    await replay(name, bench, inputs, read);
    await check?.(bench, inputs);
  },
}));
