import { lineNoise } from '@mkiot/board/faults/lineNoise';
import { macOf } from '@mkiot/esp32/audit/inputs/macAddress';
import { SPI_REGISTERS } from '@mkiot/esp32/chips/spiRegisters';
import { readFuse } from '@mkiot/esp32/efuse/readFuse';
import { connectLoader } from '@mkiot/esp32/serial/connectLoader';
import { readFlashId } from '@mkiot/esp32/serial/flashId';
import { identifyChip } from '@mkiot/esp32/serial/identifyChip';
import { readEfuses } from '@mkiot/esp32/serial/readEfuses';
import { readFlash } from '@mkiot/esp32/serial/readFlash';
import { writeFlash } from '@mkiot/esp32/serial/writeFlash';
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';

const OFFSET = 0x10000;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => randomFillSync(new Uint8Array(length));
const nothing = (): void => {};

for (const name of ['esp32', 'esp32s3', 'esp32c3'] as const) {
  test(`the station resets an ${name} into its loader, identifies it, writes its flash and reads it back`, async () => {
    const bench = new StationBench(name);
    await bench.inTime(
      (async () => {
        const loader = await connectLoader(bench.port, bench.clock);
        const { chip, isSecureDownload } = await identifyChip(loader);
        assert.deepEqual([chip.name, isSecureDownload], [name, false]);
        const efuses = await readEfuses(loader, chip);
        assert.deepEqual(efuses.blocks, bench.chip.efuses.readable().blocks);
        assert.equal(macOf(efuses), 'a0:b1:c2:d3:e4:f5');
        await loader.spiAttach();
        assert.deepEqual(await readFlashId(loader, SPI_REGISTERS[name]), { id: 0x1640ef, bytes: 0x400000 });
        await loader.changeBaudrate(921_600);
        const bytes = randomBytes(10_001);
        const progress: number[] = [];
        await writeFlash(loader, { chip, flashBytes: 0x400000 }, [{ address: OFFSET, bytes }], (done, total) =>
          progress.push(done / total),
        );
        assert.equal(progress.at(-1), 1);
        assert.deepEqual(bench.chip.flash.read(OFFSET, bytes.length), bytes);
        assert.deepEqual(await readFlash(loader, OFFSET, 300, nothing), bytes.slice(0, 300));
      })(),
    );
    await bench.chip.powerOff();
  });
}

test('on a line with one bit in 10,000 wrong the station reads the right eFuses and writes the right flash', async () => {
  const bench = new StationBench('esp32', { faults: { line: lineNoise(1e-4, 7) }, burned: { FLASH_CRYPT_CNT: 3 } });
  await bench.inTime(
    (async () => {
      const loader = await connectLoader(bench.port, bench.clock);
      const { chip } = await identifyChip(loader);
      const efuses = await readEfuses(loader, chip);
      assert.deepEqual(efuses.blocks, bench.chip.efuses.readable().blocks);
      assert.equal(readFuse(efuses, 'FLASH_CRYPT_CNT')?.value, 3);
      const bytes = randomBytes(8_000);
      await writeFlash(loader, { chip, flashBytes: 0x400000 }, [{ address: OFFSET, bytes }], nothing);
      assert.deepEqual(bench.chip.flash.read(OFFSET, bytes.length), bytes);
    })(),
  );
  await bench.chip.powerOff();
});

test('a line that bends every third byte ends in a refusal, never in a wrong answer', async () => {
  const bench = new StationBench('esp32', { faults: { line: lineNoise(0.05, 3) } });
  await assert.rejects(bench.inTime(connectLoader(bench.port, bench.clock)), { code: 'LOADER_SILENT' });
  await bench.chip.powerOff();
});

test('a chip whose download mode is closed does not answer, and the station says so', async () => {
  const bench = new StationBench('esp32', { burned: { UART_DOWNLOAD_DIS: 1 } });
  await assert.rejects(bench.inTime(connectLoader(bench.port, bench.clock)), { code: 'LOADER_SILENT' });
  await bench.chip.powerOff();
});

test('a chip in secure download mode is identified, and its registers are refused', async () => {
  const bench = new StationBench('esp32s3', { burned: { ENABLE_SECURITY_DOWNLOAD: 1 } });
  const loader = await bench.inTime(connectLoader(bench.port, bench.clock));
  const { chip, isSecureDownload } = await bench.inTime(identifyChip(loader));
  assert.deepEqual([chip.name, isSecureDownload], ['esp32s3', true]);
  await assert.rejects(bench.inTime(readEfuses(loader, chip)), { code: 'LOADER_REFUSED' });
  await bench.chip.powerOff();
});

test('a cable that is pulled while the flash is written is told at once', async () => {
  const bench = new StationBench('esp32c3');
  const loader = await bench.inTime(connectLoader(bench.port, bench.clock));
  const { chip } = await bench.inTime(identifyChip(loader));
  const written = writeFlash(
    loader,
    { chip, flashBytes: 0x400000 },
    [{ address: OFFSET, bytes: randomBytes(50_000) }],
    (done) => {
      if (done > 10_000) bench.port.close();
    },
  );
  await assert.rejects(bench.inTime(written), { code: 'LOADER_PORT_CLOSED' });
  await bench.chip.powerOff();
});

test('a stuck cell of the flash is found by the digest', async () => {
  const damage = ({ address }: { readonly address: number }, cells: Uint8Array): void => {
    if (address === OFFSET) cells.set([0x55]);
  };
  const bench = new StationBench('esp32', { faults: { flash: { cutDuring: () => undefined, damage } } });
  const loader = await bench.inTime(connectLoader(bench.port, bench.clock));
  const { chip } = await bench.inTime(identifyChip(loader));
  const written = writeFlash(
    loader,
    { chip, flashBytes: 0x400000 },
    [{ address: OFFSET, bytes: new Uint8Array(0x1000) }],
    nothing,
  );
  await assert.rejects(bench.inTime(written), { code: 'FLASH_DIGEST_WRONG' });
  await bench.chip.powerOff();
});
