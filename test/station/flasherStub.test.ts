import type { LineFaults } from '@mkiot/board/chip/serial/lineFaults';
import { ChipSerialPort } from '@mkiot/board/chip/serial/chipSerialPort';
import { lineNoise } from '@mkiot/board/faults/lineNoise';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { CHIPS } from '@mkiot/esp32/chips/chips';
import { connectLoader } from '@mkiot/esp32/serial/connectLoader';
import { stubSegments } from '@mkiot/esp32/serial/flasherStub/stubImage';
import { STUB_RELEASES } from '@mkiot/esp32/serial/flasherStub/stubReleases';
import { OPCODES } from '@mkiot/esp32/serial/opcodes';
import type { SerialPort } from '@mkiot/esp32/serial/serialPort';
import { writeFlash } from '@mkiot/esp32/serial/writeFlash';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { type BenchOptions, StationBench } from './stationBench.ts';

const OFFSET = 0x10000;
const FLASH_BYTES = 0x400000;
const OPCODE_IN_FRAME = 2;
const STUB_PACKET_BYTES = 0x4000;
const BYTES = seededRandom(4)(new Uint8Array(0x48000));

const isPacketOf = (bytes: Uint8Array, isOfStub: boolean): boolean =>
  bytes[OPCODE_IN_FRAME] === OPCODES.flashData && bytes.length > STUB_PACKET_BYTES === isOfStub;

/** Writes what is worth a stub, and counts the packets of both loaders. */
async function writeMuch(name: 'esp32' | 'esp32s3', options: BenchOptions, hasLines = true) {
  const bench = new StationBench(name, options);
  const port: SerialPort = hasLines ? bench.port : new ChipSerialPort(bench.chip, false);
  if (!hasLines) {
    await bench.chip.powerOff();
    bench.chip.powerOn(true);
  }
  const packets = { stub: 0, rom: 0 };
  const write = port.write.bind(port);
  port.write = (bytes) => {
    if (isPacketOf(bytes, true)) packets.stub++;
    if (isPacketOf(bytes, false)) packets.rom++;
    return write(bytes);
  };
  await bench.inTime(
    (async () => {
      const loader = await connectLoader(port, bench.clock);
      await loader.spiAttach();
      await loader.changeBaudrate(921_600);
      const target = { chip: CHIPS[name], flashBytes: FLASH_BYTES };
      await writeFlash(loader, target, [{ address: OFFSET, bytes: BYTES }], () => {});
      assert.equal(loader.baud, 921_600, 'the line has the speed that it had');
      assert.notEqual(await loader.sync(), 0, 'the loader in ROM answers again');
    })(),
  );
  assert.ok(Buffer.from(bench.chip.flash.read(OFFSET, BYTES.length)).equals(BYTES));
  await bench.chip.powerOff();
  return packets;
}

test('much is written by the flasher stub alone, and the loader in ROM is there again', async () => {
  assert.deepEqual(await writeMuch('esp32', {}), { stub: 18, rom: 0 });
});

test('an ESP32-S3 that runs no uploaded code, for its secure boot is on, is written by its ROM', async () => {
  assert.deepEqual(await writeMuch('esp32s3', { burned: { SECURE_BOOT_EN: 1 } }), { stub: 0, rom: 288 });
});

test('where the port cannot reset the chip there is no way back from a stub, and the ROM writes', async () => {
  assert.deepEqual(await writeMuch('esp32', {}, false), { stub: 0, rom: 288 });
});

for (const [what, spoil] of [
  [
    'the answer to a packet of the stub is lost',
    (bytes) => (bytes.length === 12 && bytes[2] === OPCODES.flashData ? [] : bytes),
  ],
  [
    'a packet of the stub is bent',
    (bytes) => (isPacketOf(bytes, true) ? bytes.map((byte, at) => (at === 900 ? byte ^ 1 : byte)) : bytes),
  ],
  ['a packet of the stub is bent twice, which its checksum does not show', bentTwice],
] as readonly (readonly [string, (bytes: Uint8Array) => Uint8Array | readonly number[]])[]) {
  test(`${what}: the ROM writes all of it again`, async () => {
    let isSpoilt = false;
    const line: LineFaults = {
      disturb(bytes) {
        if (isSpoilt) return bytes;
        const arriving = Uint8Array.from(spoil(bytes));
        isSpoilt = !Buffer.from(arriving).equals(bytes);
        return arriving;
      },
    };
    const { stub, rom } = await writeMuch('esp32', { faults: { line } });
    assert.ok(isSpoilt && stub > 0);
    assert.equal(rom, 288);
  });
}

/** The same bit of two bytes behind the header, in bytes that stay no framing. */
function bentTwice(bytes: Uint8Array): Uint8Array {
  if (!isPacketOf(bytes, true)) return bytes;
  const isPlain = (byte: number): boolean => ![0xc0, 0xc1, 0xdb, 0xda, 0xdc, 0xdd].includes(byte);
  const places = [...bytes.keys()].filter((at) => at > 100 && isPlain(bytes[at]!) && isPlain(bytes[at - 1]!));
  return bytes.map((byte, at) => (at === places[0] || at === places[9] ? byte ^ 1 : byte));
}

test('on a line with one bit in 100,000 wrong the stub is given up, and the ROM writes', async () => {
  const { rom } = await writeMuch('esp32', { faults: { line: lineNoise(1e-5, 7) } });
  assert.ok(rom > 288, `${rom}`);
});

for (const [name, release] of Object.entries(STUB_RELEASES)) {
  test(`the flasher stub for the ${name} is the one that esptool-js has`, () => {
    const folder = new URL('../', `file://${createRequire(import.meta.url).resolve('esptool-js')}`);
    const theirs = JSON.parse(
      readFileSync(new URL(`lib/targets/stub_flasher/${name}.json`, folder), 'utf8'),
    ) as Readonly<Record<'entry' | 'text_start' | 'data_start', number> & Record<'text' | 'data', string>>;
    const ours = stubSegments(release).map(({ address, bytes }) => [address, Buffer.from(bytes).toString('base64')]);
    assert.equal(release.entry, theirs.entry);
    assert.deepEqual(ours, [
      [theirs.text_start, theirs.text],
      [theirs.data_start, theirs.data],
    ]);
  });
}
