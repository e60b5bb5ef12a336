import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import { VirtualChip } from '@mkiot/board/chip/virtualChip';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { connectLoader } from '@mkiot/esp32/serial/connectLoader';
import { WebSerial } from '@mkiot/esp32/serial/webSerial';
import { writeFlash } from '@mkiot/esp32/serial/writeFlash';
import { identifyUnit } from '@mkiot/esp32/station/unit';
import { ESPLoader, Transport } from 'esptool-js';
import { createHash, randomFillSync } from 'node:crypto';

const FLASH_BYTES = 0x400000;
const OFFSET = 0x10000;
const BAUD = 921_600;

/** A way to write an image into a chip: from the first reset until its digest is known to be right. */
export interface Client {
  readonly name: string;
  readonly flash: (port: WebSerialPort, image: Uint8Array<ArrayBuffer>) => Promise<void>;
}

export const OURS: Client = {
  name: 'MkIoT',
  async flash(cable, image) {
    await using port = await WebSerial.open(cable);
    const loader = await connectLoader(port, systemClock);
    const unit = await identifyUnit(loader);
    await loader.changeBaudrate(BAUD);
    await writeFlash(loader, unit, [{ address: OFFSET, bytes: image }], () => {});
  },
};

export const ESPTOOL_JS: Client = {
  name: 'esptool-js',
  async flash(cable, image) {
    const transport = new Transport(cable);
    const quiet = (): void => {};
    const terminal = { clean: quiet, writeLine: quiet, write: quiet };
    const loader = new ESPLoader({ transport, baudrate: BAUD, romBaudrate: 115_200, terminal });
    await loader.main();
    await loader.writeFlash({
      fileArray: [{ address: OFFSET, data: image }],
      flashMode: 'keep',
      flashFreq: 'keep',
      flashSize: 'keep',
      eraseAll: false,
      compress: true,
      calculateMD5Hash: (bytes) => createHash('md5').update(bytes).digest('hex'),
    });
    await transport.disconnect();
  },
};

export interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** What a client takes with a new chip that has neither a line nor a flash to wait for; the chip's share is in it. */
export async function measureFlashing(
  { flash }: Client,
  name: VirtualChipName,
  image: Uint8Array<ArrayBuffer>,
): Promise<Taken> {
  const model = CHIP_MODELS[name];
  const chip = new VirtualChip({
    model,
    flashCells: erasedFlash(FLASH_BYTES),
    efuses: factoryEfuses(model, randomFillSync(new Uint8Array(6))),
    clock: systemClock,
    random: randomFillSync,
    aes: portableAes,
    firmwares: {},
  });
  chip.powerOn();
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await flash(new WebSerialPort(chip), image);
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  const isRight = Buffer.from(chip.flash.read(OFFSET, image.length)).equals(image);
  await chip.powerOff();
  if (!isRight) throw new Error('the flash holds something else than the image');
  return { wallMs, cpuMs: (user + system) / 1_000 };
}
