import type { Clock } from '@mkiot/core/clock/clock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { connectLoader } from '@mkiot/esp32/serial/connectLoader';
import type { RomLoader } from '@mkiot/esp32/serial/romLoader';
import { chipError } from './chipErrors.ts';
import { erasedFlash } from './flash/flashMemory.ts';
import { CHIP_MODELS, type VirtualChipName } from './models/chipModels.ts';
import { ChipSerialPort } from './serial/chipSerialPort.ts';
import { VirtualChip } from './virtualChip.ts';

const FLASH_BYTES = 0x100000;

/**
 * Does with a virtual chip what is to be done with a real one in the same state. What is read-protected in the real one is
 * zeros in the virtual one. The chip is thrown away.
 *
 * @throws `CHIP_NOT_VIRTUAL`, and as `work` does
 */
export async function rehearse(
  state: EfuseDump,
  clock: Clock,
  work: (loader: RomLoader) => Promise<void>,
): Promise<void> {
  const { name, label } = state.chip;
  if (!isVirtual(name)) throw chipError('CHIP_NOT_VIRTUAL', { chip: label });
  const chip = new VirtualChip({
    model: CHIP_MODELS[name],
    flashCells: erasedFlash(FLASH_BYTES),
    efuses: state,
    clock,
    random: (bytes) => bytes,
    aes: portableAes,
    firmwares: {},
  });
  chip.powerOn(true);
  try {
    await work(await connectLoader(new ChipSerialPort(chip), clock));
  } finally {
    await chip.powerOff();
  }
}

function isVirtual(name: string): name is VirtualChipName {
  return Object.hasOwn(CHIP_MODELS, name);
}
