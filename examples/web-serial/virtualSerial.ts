import { referenceFirmware, REFERENCE_FIRMWARE } from '@mkiot/board/chip/app/reference/referenceFirmware';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { ESP32_MODEL } from '@mkiot/board/chip/models/esp32Model';
import { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import { VirtualChip, type VirtualChipOptions } from '@mkiot/board/chip/virtualChip';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';

const MAC = Uint8Array.of(0x02, 0xb1, 0xc2, 0xd3, 0xe4, 0xf5);

/** A blank ESP32 with 4 MB of flash, in real time and without a network. @param options what is to be otherwise */
export function blankEsp32(options: Partial<VirtualChipOptions> = {}): VirtualChip {
  const firmware = referenceFirmware({
    openStream: () => () => Promise.reject(new Error('there is no network in this page')),
    sensors: () => [],
    onEvent: () => {},
  });
  return new VirtualChip({
    model: ESP32_MODEL,
    flashCells: erasedFlash(0x400000),
    efuses: factoryEfuses(ESP32_MODEL, MAC),
    clock: systemClock,
    random: (bytes) => crypto.getRandomValues(bytes),
    aes: portableAes,
    firmwares: { [REFERENCE_FIRMWARE]: firmware },
    ...options,
  });
}

/** Puts the port of a chip where pages look for serial ports: `navigator.serial.requestPort()` answers it, and asks nobody. */
export function offerPort(chip: VirtualChip): WebSerialPort {
  const port = new WebSerialPort(chip);
  const serial = { requestPort: async () => port, getPorts: async () => [port] };
  Object.defineProperty(navigator, 'serial', { configurable: true, value: serial });
  return port;
}
