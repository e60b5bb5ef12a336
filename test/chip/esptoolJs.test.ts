import { type FieldValues, fieldBlocks } from '@mkiot/board/chip/efuse/burnFields';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import type { FlashFaults } from '@mkiot/board/chip/flash/flashFaults';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import { VirtualChip, type VirtualChipOptions } from '@mkiot/board/chip/virtualChip';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { ESPLoader, Transport } from 'esptool-js';
import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';

const MAC = Uint8Array.of(0xa0, 0xb1, 0xc2, 0xd3, 0xe4, 0xf5);
const OFFSET = 0x10000;
/** The opcode of a block of compressed data. */
const FLASH_DEFL_DATA = 0x11;

/** A virtual chip that has booted, and esptool-js at its serial port. */
class ToolAtChip implements AsyncDisposable {
  readonly chip: VirtualChip;
  readonly loader: ESPLoader;
  readonly #transport: Transport;
  readonly told: string[] = [];

  constructor(t: TestContext, name: VirtualChipName, burned: FieldValues, options: Partial<VirtualChipOptions> = {}) {
    // The transport writes everything it does to the console.
    t.mock.method(console, 'log', () => {});
    const model = CHIP_MODELS[name];
    const more = fieldBlocks(model.chip, burned);
    const blocks = factoryEfuses(model, MAC).blocks.map((block, number) =>
      block.map((byte, at) => byte | (more[number]?.[at] ?? 0)),
    );
    this.chip = new VirtualChip({
      model,
      flashCells: erasedFlash(0x400000),
      efuses: { chip: model.chip, blocks },
      clock: systemClock,
      random: randomFillSync,
      aes: portableAes,
      firmwares: {},
      ...options,
    });
    this.chip.powerOn();
    this.#transport = new Transport(new WebSerialPort(this.chip));
    const tell = (text: string): void => void this.told.push(text);
    const terminal = { clean: () => {}, writeLine: tell, write: tell };
    this.loader = new ESPLoader({ transport: this.#transport, baudrate: 921_600, romBaudrate: 115_200, terminal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.disconnect();
    await this.chip.powerOff();
  }

  write(address: number, data: Uint8Array, compress: boolean): Promise<void> {
    return this.loader.writeFlash({
      fileArray: [{ address, data }],
      flashMode: 'keep',
      flashFreq: 'keep',
      flashSize: 'keep',
      eraseAll: false,
      compress,
      calculateMD5Hash: (image) => createHash('md5').update(image).digest('hex'),
    });
  }
}

const randomBytes = (length: number): Uint8Array<ArrayBuffer> => randomFillSync(new Uint8Array(length));

for (const [name, described] of [
  ['esp32', /^ESP32-D0WD-V3/],
  ['esp32s3', /^ESP32-S3/],
  ['esp32c3', /^ESP32-C3/],
] as const) {
  test(`esptool-js resets a ${name} by its control lines, identifies it, starts its stub, writes, verifies, reads and erases`, async (t) => {
    await using it = new ToolAtChip(t, name, {});
    const { loader } = it;
    assert.match(await loader.main(), described);
    assert.ok(loader.IS_STUB);
    assert.match(it.told.join('\n'), /MAC: a0:b1:c2:d3:e4:f5/);
    assert.equal(await loader.readFlashId(), 0x1640ef);
    assert.equal(await loader.detectFlashSize(), '4MB');

    const data = randomBytes(70_001);
    await it.write(OFFSET, data, true);
    assert.deepEqual(it.chip.flash.read(OFFSET, data.length), data);
    await it.write(0x40000, data.subarray(0, 20_000), false);
    assert.deepEqual(it.chip.flash.read(0x40000, 20_000), data.slice(0, 20_000));

    assert.deepEqual(Uint8Array.from(await loader.readFlash(OFFSET, 40_000)), data.slice(0, 40_000));
    await loader.eraseFlash();
    assert.ok(it.chip.flash.read(0, it.chip.flash.size).every((byte) => byte === 0xff));
  });
}

test('esptool-js hears by the digest that a cell of the flash is stuck', async (t) => {
  const damage: FlashFaults['damage'] = ({ address }, cells) => {
    if (address === OFFSET) cells.set([0x55]);
  };
  const faults = { flash: { cutDuring: () => undefined, damage } };
  await using it = new ToolAtChip(t, 'esp32', {}, { faults });
  await it.loader.main();
  await assert.rejects(it.write(OFFSET, new Uint8Array(0x2000), true), /MD5/);
});

test('esptool-js sends a block again that a bit error on the line has spoiled', async (t) => {
  let isSpoiled = false;
  const disturb = (bytes: Uint8Array): Uint8Array => {
    const isBlock = bytes.length > 8_000 && bytes[2] === FLASH_DEFL_DATA;
    if (isSpoiled || !isBlock) return bytes;
    isSpoiled = true;
    return bytes.map((byte, index) => (index === 4_000 ? byte ^ 1 : byte));
  };
  await using it = new ToolAtChip(t, 'esp32', {}, { faults: { line: { disturb } } });
  await it.loader.main();
  // The same bytes each time: in others the flipped bit might end the frame.
  const data = seededRandom(1)(new Uint8Array(40_000));
  await it.write(OFFSET, data, true);
  assert.ok(isSpoiled);
  assert.deepEqual(it.chip.flash.read(OFFSET, data.length), data);
});

test('esptool-js cannot write an image that is larger than the flash', async (t) => {
  await using it = new ToolAtChip(t, 'esp32', {}, { flashCells: erasedFlash(0x200000) });
  await it.loader.main();
  assert.equal(await it.loader.detectFlashSize(), '2MB');
  await assert.rejects(it.write(0x1ff000, randomBytes(0x2000), true));
  assert.ok(it.chip.flash.read(0x1ff000, 0x1000).every((byte) => byte === 0xff));
});

test('esptool-js finds an ESP32-S3 in secure download mode, and uploads no stub', async (t) => {
  await using it = new ToolAtChip(t, 'esp32s3', { ENABLE_SECURITY_DOWNLOAD: 1 });
  await it.loader.main();
  assert.ok(it.loader.secureDownloadMode);
  assert.ok(!it.loader.IS_STUB);
  await assert.rejects(it.loader.readFlash(0, 16), /read flash failed with status 1,5/);
});

test('esptool-js gets no answer from a chip whose download mode is closed', async (t) => {
  await using it = new ToolAtChip(t, 'esp32', { UART_DOWNLOAD_DIS: 1 });
  await assert.rejects(it.loader.connect('default_reset', 1));
});
