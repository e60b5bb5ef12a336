import { toHex } from '@mkiot/core/bytes/bytes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { esp32FlashCipher } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { seededRandom } from '../../faults/seededRandom.ts';
import { chipFlashCipher } from '../boot/flashKey.ts';
import { type BenchOptions, dataPacket, LoaderBench, requestFrame } from '../virtualChip.testing.ts';
import { encodeSlip } from '@mkiot/esp32/serial/slip';

const OPCODES = {
  FLASH_BEGIN: 0x02,
  FLASH_DATA: 0x03,
  FLASH_END: 0x04,
  MEM_BEGIN: 0x05,
  MEM_END: 0x06,
  MEM_DATA: 0x07,
  SYNC: 0x08,
  WRITE_REG: 0x09,
  READ_REG: 0x0a,
  SPI_SET_PARAMS: 0x0b,
  SPI_ATTACH: 0x0d,
  READ_FLASH_SLOW: 0x0e,
  CHANGE_BAUDRATE: 0x0f,
  FLASH_DEFL_BEGIN: 0x10,
  FLASH_DEFL_DATA: 0x11,
  FLASH_DEFL_END: 0x12,
  SPI_FLASH_MD5: 0x13,
  GET_SECURITY_INFO: 0x14,
  ERASE_FLASH: 0xd0,
  ERASE_REGION: 0xd1,
  READ_FLASH: 0xd2,
  RUN_USER_CODE: 0xd3,
  FLASH_ENCRYPT_DATA: 0xd4,
} as const;

type CommandName = keyof typeof OPCODES;

const FLASH_END = 0x400000;
const IRAM = 0x40088000;
/** The stub answers when the packet before is in flash, whatever it is asked for. */
const ANY_REGISTER = 0x40001000;

async function romBench(options?: BenchOptions): Promise<LoaderBench> {
  return new LoaderBench(options).ready();
}

async function stubBench(options?: BenchOptions): Promise<LoaderBench> {
  const bench = await romBench(options);
  await bench.startStub();
  return bench;
}

const BENCHES = { ROM: romBench, stub: stubBench } as const;

/** The status bytes of an answer without data, as hexadecimal. */
async function status(bench: LoaderBench, command: CommandName, ...words: readonly number[]): Promise<string> {
  return toHex((await bench.command(OPCODES[command], ...words)).data);
}

/** Commands that are refused: the loader, what came before, command and words, and the status. */
const REFUSED: readonly (readonly [
  loader: keyof typeof BENCHES,
  what: string,
  command: CommandName,
  words: readonly number[],
  status: string,
])[] = [
  ['ROM', 'without its words', 'READ_REG', [], '01050000'],
  ['ROM', 'with a word too many', 'READ_REG', [0, 0], '01050000'],
  ['ROM', 'of an address between words', 'READ_REG', [0x3ff5a002], '01010000'],
  ['ROM', 'with three words', 'WRITE_REG', [0x3ff5a000, 1, 1], '01050000'],
  ['ROM', 'with nothing', 'WRITE_REG', [], '01050000'],
  ['ROM', 'to an address between words', 'WRITE_REG', [0x3ff5a001, 1, 1, 0], '01010000'],
  ['ROM', 'with another magic', 'SYNC', [1, 0, 0, 0, 0, 0, 0, 0, 0], '01010000'],
  ['ROM', 'of an unknown speed', 'CHANGE_BAUDRATE', [0, 0], '01010000'],
  ['ROM', 'of a speed beyond the UART', 'CHANGE_BAUDRATE', [5_000_001, 0], '01010000'],
  ['ROM', 'with one word', 'SPI_ATTACH', [0], '01050000'],
  ['ROM', 'of a flash without a size', 'SPI_SET_PARAMS', [0, 0, 0x10000, 0x1000, 0x100, 0xffff], '01010000'],
  ['ROM', 'of a flash with other sectors', 'SPI_SET_PARAMS', [0, 0x400000, 0x10000, 0x2000, 0x100, 0], '01010000'],
  ['ROM', 'into flash-mapped memory', 'MEM_BEGIN', [4, 1, 0x1800, 0x400d0000], '010f0000'],
  ['ROM', 'across the end of RAM', 'MEM_BEGIN', [0x20, 1, 0x1800, 0x3ffffff0], '010f0000'],
  ['ROM', 'with too few packets', 'MEM_BEGIN', [0x2000, 1, 0x1800, IRAM], '01010000'],
  ['ROM', 'with packets of nothing', 'MEM_BEGIN', [4, 1, 0, IRAM], '01010000'],
  ['ROM', 'before anything was uploaded', 'MEM_END', [0, IRAM], '01060000'],
  ['ROM', 'without a BEGIN', 'FLASH_END', [1], '01060000'],
  ['ROM', 'of more than fits into flash', 'FLASH_BEGIN', [0x1001, 5, 0x400, FLASH_END - 0x1000], '01080000'],
  ['ROM', 'behind the end of flash', 'FLASH_BEGIN', [4, 1, 0x400, FLASH_END], '01080000'],
  ['ROM', 'with too many packets', 'FLASH_BEGIN', [0x400, 2, 0x400, 0], '01010000'],
  ['ROM', 'with packets larger than its buffer', 'FLASH_BEGIN', [0x8000, 1, 0x8000, 0], '01010000'],
  ['ROM', 'encrypted, which this ROM cannot', 'FLASH_BEGIN', [0x400, 1, 0x400, 0, 1], '01050000'],
  ['ROM', 'compressed, without packets', 'FLASH_DEFL_BEGIN', [0x400, 0, 0x400, 0], '01010000'],
  ['ROM', 'of more than 64 bytes', 'READ_FLASH_SLOW', [0, 65], '010a0000'],
  ['ROM', 'behind the end of flash', 'READ_FLASH_SLOW', [FLASH_END - 4, 5], '01090000'],
  ['ROM', 'behind the end of flash', 'SPI_FLASH_MD5', [FLASH_END - 4, 5, 0, 0], '01090000'],
  ['ROM', 'which the ESP32 does not know', 'GET_SECURITY_INFO', [], '01050000'],
  ['ROM', 'which only the stub knows', 'ERASE_FLASH', [], '01050000'],
  ['ROM', 'which only the stub knows', 'READ_FLASH', [0, 16, 16, 1], '01050000'],
  ['stub', 'without its words', 'READ_REG', [], '01c0'],
  ['stub', 'which only the ROM knows', 'READ_FLASH_SLOW', [0, 16], '01c3'],
  ['stub', 'with a word', 'ERASE_FLASH', [0], '01c0'],
  ['stub', 'between sectors', 'ERASE_REGION', [0x800, 0x1000], '01c2'],
  ['stub', 'of half a sector', 'ERASE_REGION', [0, 0x800], '01c2'],
  ['stub', 'behind the end of flash', 'ERASE_REGION', [FLASH_END - 0x1000, 0x2000], '01c4'],
  ['stub', 'behind the end of flash', 'READ_FLASH', [FLASH_END, 1, 0x1000, 64], '01c4'],
  ['stub', 'in packets of nothing', 'READ_FLASH', [0, 16, 0, 64], '01c2'],
  ['stub', 'with nothing in flight', 'READ_FLASH', [0, 16, 16, 0], '01c2'],
  ['stub', 'of more than fits into flash', 'FLASH_DEFL_BEGIN', [0x2000, 1, 0x4000, FLASH_END - 0x1000], '01c4'],
];

for (const [loader, what, command, words, expected] of REFUSED) {
  test(`the ${loader} refuses ${command} ${what}`, async () => {
    const bench = await BENCHES[loader]();
    assert.equal(await status(bench, command, ...words), expected);
    assert.ok(
      bench.cells.every((cell) => cell === 0xff),
      'the flash is as it was',
    );
  });
}

/** Data packets that are refused after a BEGIN of 0x800 bytes in two packets. */
const PACKETS: readonly (readonly [
  what: string,
  send: (bench: LoaderBench, opcode: number) => ReturnType<LoaderBench['request']>,
  rom: string,
])[] = [
  ['with a wrong checksum', (bench, opcode) => bench.request(opcode, dataPacket(0, new Uint8Array(0x400)), 0x55), '07'],
  ['out of order', (bench, opcode) => bench.packet(opcode, 1, new Uint8Array(0x400)), '06'],
  ['larger than announced', (bench, opcode) => bench.packet(opcode, 0, new Uint8Array(0x404)), '06'],
  ['without its header', (bench, opcode) => bench.request(opcode, new Uint8Array(12)), '05'],
  [
    'with another length in its header',
    (bench, opcode) => bench.request(opcode, dataPacket(0, new Uint8Array(8)).slice(0, -1)),
    '05',
  ],
];

for (const [begin, opcode] of [
  ['FLASH_BEGIN', OPCODES.FLASH_DATA],
  ['FLASH_DEFL_BEGIN', OPCODES.FLASH_DEFL_DATA],
  ['MEM_BEGIN', OPCODES.MEM_DATA],
] as const) {
  for (const [what, send, code] of PACKETS) {
    test(`after ${begin} the ROM refuses a packet ${what}`, async () => {
      const bench = await romBench();
      const address = begin === 'MEM_BEGIN' ? IRAM : 0;
      assert.equal(await status(bench, begin, 0x800, 2, 0x400, address), '00000000');
      assert.equal(toHex((await send(bench, opcode)).data), `01${code}0000`);
    });
  }
  test(`before ${begin} the ROM refuses a packet, and after the last one too`, async () => {
    const bench = await romBench();
    assert.equal(toHex((await bench.packet(opcode, 0, new Uint8Array(4))).data), '01060000');
    const address = begin === 'MEM_BEGIN' ? IRAM : 0;
    const payload = begin === 'FLASH_DEFL_BEGIN' ? deflateSync(new Uint8Array(4)) : new Uint8Array(4);
    await bench.command(OPCODES[begin], 4, 1, 0x400, address);
    assert.equal(toHex((await bench.packet(opcode, 0, payload)).data), '00000000');
    assert.equal(toHex((await bench.packet(opcode, 1, payload)).data), '01060000');
  });
}

test('a packet whose answer was lost is sent again, and taken once', async () => {
  const bench = await romBench();
  const [one, two] = [new Uint8Array(0x400).fill(1), new Uint8Array(0x400).fill(2)];
  await bench.command(OPCODES.FLASH_BEGIN, 0x800, 2, 0x400, 0);
  for (const [sequence, payload] of [
    [0, one],
    [0, one],
    [1, two],
    [1, two],
  ] as const) {
    assert.equal(toHex((await bench.packet(OPCODES.FLASH_DATA, sequence, payload)).data), '00000000');
  }
  assert.deepEqual(bench.chip.flash.read(0, 0x801), Uint8Array.of(...one, ...two, 0xff));
});

for (const [what, stream, code] of [
  ['is no zlib stream', new Uint8Array(64).fill(0x55), 'c7'],
  ['is cut', deflateSync(seededRandom(5)(new Uint8Array(0x400))).subarray(0, 0x200), 'c7'],
  [
    'has a wrong Adler-32',
    (() => {
      const all = Uint8Array.from(deflateSync(new Uint8Array(0x400)));
      all[all.length - 1]! ^= 1;
      return all;
    })(),
    'c7',
  ],
  ['holds more than announced', deflateSync(new Uint8Array(0x401)), 'c9'],
  ['holds less than announced', deflateSync(new Uint8Array(0x3ff)), 'c8'],
] as const) {
  test(`the stub takes compressed data that ${what}, and refuses what comes next instead of doing it`, async () => {
    const bench = await stubBench();
    await bench.command(OPCODES.FLASH_DEFL_BEGIN, 0x400, 1, 0x4000, 0x1000);
    assert.equal(toHex((await bench.packet(OPCODES.FLASH_DEFL_DATA, 0, stream)).data), '0000');
    assert.equal(await status(bench, 'ERASE_FLASH'), `01${code}`);
    assert.equal(await status(bench, 'SYNC'), '01c0', 'it goes on');
  });
}

test('what is written compressed in many packets is what was compressed', async () => {
  const data = seededRandom(9)(new Uint8Array(50_000));
  const stream = deflateSync(data);
  const bench = await stubBench();
  const packets = Math.ceil(stream.length / 0x1000);
  await bench.command(OPCODES.FLASH_DEFL_BEGIN, data.length, packets, 0x1000, 0x11000);
  for (let sequence = 0; sequence < packets; sequence++) {
    const part = stream.subarray(sequence * 0x1000, (sequence + 1) * 0x1000);
    assert.equal(toHex((await bench.packet(OPCODES.FLASH_DEFL_DATA, sequence, part)).data), '0000');
  }
  const { data: digest } = await bench.command(OPCODES.SPI_FLASH_MD5, 0x11000, data.length, 0, 0);
  assert.deepEqual(bench.chip.flash.read(0x11000, data.length), data);
  assert.equal(toHex(digest), `${createHash('md5').update(data).digest('hex')}0000`);
});

for (const [name, whenAnswered] of [
  ['ROM', 'written'],
  ['stub', 'taken'],
] as const) {
  test(`the ${name} answers a packet when it is ${whenAnswered}, and the next command when it is in flash`, async () => {
    const bench = await BENCHES[name]();
    const data = seededRandom(9)(new Uint8Array(0x400));
    await bench.command(OPCODES.FLASH_BEGIN, data.length, 1, 0x400, 0x1000);
    await bench.packet(OPCODES.FLASH_DATA, 0, data);
    const isWritten = bench.chip.flash.read(0x1000, 1)[0] === data[0];
    assert.equal(isWritten, whenAnswered === 'written');
    await bench.readReg(ANY_REGISTER);
    assert.equal(toHex(bench.chip.flash.read(0x1000, data.length)), toHex(data));
  });
}

test('data that was announced and did not come is missed at the end', async () => {
  const bench = await stubBench();
  await bench.command(OPCODES.FLASH_BEGIN, 0x800, 2, 0x400, 0);
  await bench.packet(OPCODES.FLASH_DATA, 0, new Uint8Array(0x400));
  assert.equal(await status(bench, 'FLASH_END', 1), '01c8');
});

test('uploaded code that does not greet as a flasher stub is not executed, and the chip waits for a reset', async () => {
  const bench = await romBench();
  await bench.command(OPCODES.MEM_BEGIN, 64, 1, 0x1800, IRAM);
  await bench.packet(OPCODES.MEM_DATA, 0, new Uint8Array(64).fill(0x11));
  assert.equal(await status(bench, 'MEM_END', 0, IRAM), '00000000');
  assert.deepEqual(bench.codeNotRun, [IRAM]);
  bench.sendFrame(requestFrame(OPCODES.READ_REG, new Uint8Array(4)));
  assert.deepEqual(bench.frames, []);
  bench.heard.length = 0;
  bench.chip.setControlLines({ dtr: false, rts: true });
  bench.chip.setControlLines({ dtr: true, rts: false });
  await bench.clock.advanceAsync(100);
  await bench.ready();
  assert.equal(await bench.readReg(0x40001000), 0x00f01d83);
});

test('a stub whose entry point is not in what was uploaded is none', async () => {
  const bench = await romBench();
  await bench.command(OPCODES.MEM_BEGIN, 4, 1, 0x1800, IRAM);
  await bench.packet(OPCODES.MEM_DATA, 0, new TextEncoder().encode('OHAI'));
  await bench.command(OPCODES.MEM_END, 0, IRAM + 4);
  assert.deepEqual(bench.codeNotRun, [IRAM + 4]);
});

test('garbage on the line is no request, whatever it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
      const bench = await romBench();
      bench.chip.serial.write(noise);
      // Two ENDs end whatever the noise has begun.
      bench.chip.serial.write(Uint8Array.of(0xc0, 0xc0));
      bench.chip.serial.write(encodeSlip(requestFrame(OPCODES.READ_REG, Uint8Array.of(0, 0x10, 0, 0x40))));
      for (;;) {
        const frame = await bench.nextFrame();
        if (toHex(frame) === '010a0400831df00000000000') return;
      }
    }),
    { numRuns: 50 },
  );
});

test('any request with any data is answered or ignored, and the loader goes on', async () => {
  const opcode = fc.constantFrom(...Object.values(OPCODES).filter((code) => code !== OPCODES.MEM_END));
  await fc.assert(
    fc.asyncProperty(opcode, fc.uint8Array({ maxLength: 48 }), async (code, data) => {
      const bench = await romBench({ flashBytes: 0x10000 });
      bench.sendFrame(requestFrame(code, data));
      bench.sendFrame(requestFrame(OPCODES.READ_REG, Uint8Array.of(0, 0x10, 0, 0x40)));
      for (;;) {
        const frame = await bench.nextFrame();
        if (toHex(frame.subarray(0, 2)) === '010a' && toHex(frame).includes('831df000')) return;
      }
    }),
    { numRuns: 100 },
  );
});

test('the frames of READ_FLASH wait for the tool, and end where it asks for something else', async () => {
  const bench = await stubBench();
  const data = seededRandom(3)(new Uint8Array(0x3800));
  await bench.chip.flash.program(0x2000, data);
  assert.equal(await status(bench, 'READ_FLASH', 0x2000, data.length, 0x1000, 2), '0000');
  assert.deepEqual(
    [await bench.nextFrame(), await bench.nextFrame()],
    [data.slice(0, 0x1000), data.slice(0x1000, 0x2000)],
  );
  assert.deepEqual(bench.frames, []);
  bench.sendFrame(Uint8Array.of(0, 0x10, 0, 0));
  assert.deepEqual(await bench.nextFrame(), data.slice(0x2000, 0x3000));
  assert.equal(await bench.readReg(0x40001000), 0x00f01d83);
});

/** What an eFuse forbids: the chip, what is burned, and a command that works without it, as words of FLASH_BEGIN. */
for (const [chip, field] of [
  ['esp32', 'DISABLE_DL_ENCRYPT'],
  ['esp32s3', 'DIS_DOWNLOAD_MANUAL_ENCRYPT'],
  ['esp32c3', 'DIS_DOWNLOAD_MANUAL_ENCRYPT'],
] as const) {
  test(`with ${field} an ${chip} does not encrypt what a tool writes`, async () => {
    for (const [burned, expected] of [
      [{}, '0000'],
      [{ [field]: 1 }, '01c4'],
    ] as const) {
      const bench = await stubBench({ chip, burned });
      assert.equal(await status(bench, 'FLASH_BEGIN', 0x20, 1, 0x4000, 0, 1), expected);
    }
  });
}

test('the stub of the ESP32 encrypts, as newer tools ask for it and as older ones do', async () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
  const burned = { BLOCK1: key.toReversed(), FLASH_CRYPT_CONFIG: 0xf, RD_DIS: 0b1001, WR_DIS: 1 << 7 };
  const plain = seededRandom(4)(new Uint8Array(64));
  const expected = plain.slice();
  esp32FlashCipher(key, 0xf).encrypt(0x8000, expected);
  const newer = await stubBench({ burned });
  await newer.command(OPCODES.FLASH_BEGIN, 64, 1, 0x4000, 0x8000, 1);
  await newer.packet(OPCODES.FLASH_DATA, 0, plain);
  await newer.readReg(ANY_REGISTER);
  assert.deepEqual(newer.chip.flash.read(0x8000, 64), expected);
  const older = await stubBench({ burned });
  await older.command(OPCODES.FLASH_BEGIN, 64, 1, 0x4000, 0x8000);
  const padded = new Uint8Array(0x4000).fill(0xff);
  padded.set(plain);
  assert.equal(toHex((await older.packet(OPCODES.FLASH_ENCRYPT_DATA, 0, padded)).data), '0000');
  await older.readReg(ANY_REGISTER);
  assert.deepEqual(older.chip.flash.read(0x8000, 65), Uint8Array.of(...expected, 0xff));
  assert.deepEqual(older.chip.flash.read(0x8000, 64), await encryptedByChip(older, plain));
});

async function encryptedByChip(bench: LoaderBench, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const bytes = plain.slice();
  (await chipFlashCipher(bench.chip.efuses, portableAes)).encrypt(0x8000, bytes);
  return bytes;
}

test('in secure download mode only what writes flash is left, and no stub can be started', async () => {
  const bench = await romBench({ chip: 'esp32s3', burned: { ENABLE_SECURITY_DOWNLOAD: 1 } });
  for (const [command, words] of [
    ['READ_REG', [0x60007030]],
    ['WRITE_REG', [0x60007030, 1, 1, 0]],
    ['MEM_BEGIN', [4, 1, 0x1800, 0x40380000]],
    ['READ_FLASH_SLOW', [0, 16]],
    ['SPI_FLASH_MD5', [0, 16, 0, 0]],
    ['FLASH_DEFL_BEGIN', [16, 1, 0x400, 0, 0]],
  ] as const) {
    assert.equal(await status(bench, command, ...words), '01050000', command);
  }
  const { data } = await bench.command(OPCODES.GET_SECURITY_INFO);
  assert.equal(toHex(data), '040000000000000000000000090000000200000000000000');
  assert.equal(await status(bench, 'FLASH_BEGIN', 4, 1, 0x400, 0, 0), '00000000');
  assert.equal(toHex((await bench.packet(OPCODES.FLASH_DATA, 0, Uint8Array.of(1, 2, 3, 4))).data), '00000000');
  assert.deepEqual(bench.chip.flash.read(0, 4), Uint8Array.of(1, 2, 3, 4));
});

test('once download mode is closed by an eFuse the ROM says nothing more, and never waits for a tool again', async () => {
  const bench = await romBench();
  await bench.writeReg(0x3ff5a01c, 1 << 27);
  await bench.writeReg(0x3ff5a0fc, 0x5a5a);
  await bench.writeReg(0x3ff5a104, 2);
  await bench.writeReg(0x3ff5a0fc, 0x5aa5);
  await bench.writeReg(0x3ff5a104, 1);
  bench.sendFrame(requestFrame(OPCODES.READ_REG, new Uint8Array(4)));
  bench.heard.length = 0;
  bench.chip.setControlLines({ rts: true });
  bench.chip.setControlLines({ dtr: true, rts: false });
  await bench.clock.advanceAsync(100);
  assert.match(bench.text, /invalid header/);
  assert.doesNotMatch(bench.text, /waiting for download/);
  assert.deepEqual(bench.frames, []);
});

test('with secure boot on, the ROM of the S3 starts uploaded code by its flash read pointer alone', async () => {
  const bench = await romBench({ chip: 'esp32s3', burned: { SECURE_BOOT_EN: 1 } });
  const code = new TextEncoder().encode('....OHAI');
  await bench.command(OPCODES.MEM_BEGIN, code.length, 1, 0x1800, 0x40380000);
  await bench.packet(OPCODES.MEM_DATA, 0, code);
  assert.equal(await status(bench, 'MEM_END', 0, 0x40380000), '01050000');
  assert.equal(await status(bench, 'MEM_END', 1, 0), '00000000');
  await bench.writeReg(0x3fcef688, 0x40380000);
  bench.sendFrame(requestFrame(OPCODES.READ_FLASH_SLOW, new Uint8Array(8)));
  assert.equal(toHex(await bench.nextFrame()), toHex(new TextEncoder().encode('OHAI')));
});

test('a burn by registers into a protected block does nothing, and what is read-protected stays hidden', async () => {
  const key = new Uint8Array(32).fill(0x21);
  const bench = await romBench({ burned: { BLOCK1: key, RD_DIS: 1, WR_DIS: (1 << 7) | (1 << 2) } });
  await bench.writeReg(0x3ff5a098, 0xffffffff);
  await bench.writeReg(0x3ff5a01c, 0x7f << 20);
  await bench.writeReg(0x3ff5a0fc, 0x5a5a);
  await bench.writeReg(0x3ff5a104, 2);
  await bench.writeReg(0x3ff5a0fc, 0x5aa5);
  await bench.writeReg(0x3ff5a104, 1);
  assert.equal(await bench.readReg(0x3ff5a038), 0);
  assert.equal((await bench.readReg(0x3ff5a000)) & (0x7f << 20), 0);
  assert.deepEqual(bench.chip.efuses.trueKey(1), key);
  assert.ok(!toHex(Uint8Array.from(bench.heard)).includes(toHex(key)));
});

test('a burn without the right operation code does nothing', async () => {
  const bench = await romBench();
  await bench.writeReg(0x3ff5a01c, 1 << 20);
  for (const conf of [0, 0x5aa5, 0x5a5b]) {
    await bench.writeReg(0x3ff5a0fc, conf);
    await bench.writeReg(0x3ff5a104, 2);
  }
  await bench.writeReg(0x3ff5a0fc, 0x5aa5);
  await bench.writeReg(0x3ff5a104, 1);
  assert.equal((await bench.readReg(0x3ff5a000)) & (0x7f << 20), 0);
});

test('the registers say that a block is broken which was burned twice', async () => {
  const bench = await romBench({ chip: 'esp32c3', burned: { BLOCK_KEY1: new Uint8Array(32).fill(1) } });
  await bench.writeReg(0x60008800, 0x02020202);
  await bench.writeReg(0x600089cc, 0x5a5a);
  await bench.writeReg(0x600089d4, 2 | (5 << 2));
  await bench.writeReg(0x600089cc, 0x5aa5);
  await bench.writeReg(0x600089d4, 1);
  // On the C3 the bit of block 5 stands where that of block 6 belongs.
  assert.equal(await bench.readReg(0x600089c0), (1 << 23) >>> 0);
});

test('the loader answers at the old speed, and goes on at the new one', async () => {
  const bench = await romBench();
  const { serial } = bench.chip;
  serial.baud = 115_200;
  assert.equal(await status(bench, 'CHANGE_BAUDRATE', 921_600, 0), '00000000');
  bench.sendFrame(requestFrame(OPCODES.READ_REG, Uint8Array.of(0, 0x10, 0, 0x40)));
  assert.deepEqual(bench.frames, []);
  serial.baud = 921_600;
  assert.equal(await bench.readReg(0x40001000), 0x00f01d83);
});

test('RUN_USER_CODE and the ROM’s FLASH_END start what is in flash, a reset by the stub comes back to the ROM', async () => {
  for (const [start, frames, expected] of [
    [stubBench, [requestFrame(OPCODES.RUN_USER_CODE, new Uint8Array())], /invalid header/],
    [
      romBench,
      [
        requestFrame(OPCODES.FLASH_BEGIN, dataPacket(0, new Uint8Array())),
        requestFrame(OPCODES.FLASH_END, Uint8Array.of(1, 0, 0, 0)),
      ],
      /invalid header/,
    ],
    [
      stubBench,
      [
        requestFrame(OPCODES.FLASH_BEGIN, dataPacket(0, new Uint8Array())),
        requestFrame(OPCODES.FLASH_END, new Uint8Array(4)),
      ],
      /waiting for download/,
    ],
  ] as const) {
    const bench = await start();
    bench.heard.length = 0;
    for (const frame of frames) bench.sendFrame(frame);
    while (!expected.test(bench.text)) await bench.clock.advanceAsync(10);
  }
});

test('a write that is to wait for an hour keeps the chip from no reset, and from no power cut', async () => {
  const bench = await romBench();
  const write = new Uint8Array(16);
  new DataView(write.buffer).setUint32(12, 3_600_000_000, true);
  bench.sendFrame(requestFrame(OPCODES.WRITE_REG, write));
  await bench.clock.advanceAsync(10);
  bench.heard.length = 0;
  bench.chip.setControlLines({ rts: true });
  bench.chip.setControlLines({ rts: false, dtr: true });
  await bench.clock.advanceAsync(10);
  await bench.ready();
  bench.sendFrame(requestFrame(OPCODES.WRITE_REG, write));
  await bench.clock.advanceAsync(10);
  await bench.chip.powerOff();
});
