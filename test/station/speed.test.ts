// How fast the station is, in virtual time: a serial line at its baud rate, a flash with the times of its data sheet.
import type { VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import type { SerialPort } from '@mkiot/esp32/serial/serialPort';
import { connectLoader } from '@mkiot/esp32/serial/connectLoader';
import { identifyChip } from '@mkiot/esp32/serial/identifyChip';
import { OPCODES } from '@mkiot/esp32/serial/opcodes';
import { writeFlash } from '@mkiot/esp32/serial/writeFlash';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINE_BYTES_A_SECOND, MEBIBYTE } from './speedJob.ts';
import { StationBench } from './stationBench.ts';

const OFFSET = 0x10000;
const FLASH_BYTES = 0x400000;
const OPCODE_IN_FRAME = 2;

/** A port that tells when flash was begun to be written, and when the lines were moved the last time. */
function watched(bench: StationBench, port: SerialPort) {
  const moments = { begunMs: 0, leftMs: 0 };
  const write = port.write.bind(port);
  const setLines = port.setLines.bind(port);
  port.write = (bytes) => {
    if (bytes[OPCODE_IN_FRAME] === OPCODES.flashBegin) moments.begunMs = bench.clock.monotonic();
    return write(bytes);
  };
  port.setLines = (lines) => {
    if (lines.rts) moments.leftMs = bench.clock.monotonic();
    return setLines(lines);
  };
  return moments;
}

/** What part of what the line carries was used for the bytes of an image. */
function shareOfLine(bytes: number, ms: number): number {
  return bytes / LINE_BYTES_A_SECOND / (ms / 1_000);
}

async function writeMebibyte(name: VirtualChipName, flashCells: Uint8Array<ArrayBuffer>) {
  const bench = new StationBench(name, { isThrottled: true, flashCells });
  const bytes = seededRandom(3)(new Uint8Array(MEBIBYTE));
  const moments = watched(bench, bench.port);
  const tookMs = await bench.inTime(
    (async () => {
      const loader = await connectLoader(bench.port, bench.clock);
      const { chip } = await identifyChip(loader);
      await loader.spiAttach();
      await loader.spiSetParams(FLASH_BYTES);
      await loader.changeBaudrate(921_600);
      const startedMs = bench.clock.monotonic();
      await writeFlash(loader, { chip, flashBytes: FLASH_BYTES }, [{ address: OFFSET, bytes }], () => {});
      return bench.clock.monotonic() - startedMs;
    })(),
  );
  assert.deepEqual(bench.chip.flash.read(OFFSET, bytes.length), bytes);
  await bench.chip.powerOff();
  return { written: shareOfLine(MEBIBYTE, moments.leftMs - moments.begunMs), whole: shareOfLine(MEBIBYTE, tookMs) };
}

for (const name of ['esp32', 'esp32s3', 'esp32c3'] as const) {
  test(`nine tenths of what 921,600 baud carry are bytes of the image, while an ${name} erases and writes them`, async (t) => {
    const used = seededRandom(8)(new Uint8Array(FLASH_BYTES));
    const { written, whole } = await writeMebibyte(name, used);
    t.diagnostic(`${written.toFixed(3)} while writing; ${whole.toFixed(3)} with the stub's upload, reset and digest`);
    assert.ok(written >= 0.9, `${written}`);
    assert.ok(whole >= 0.75, `${whole}`);
  });
}
