import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { factoryMacCrc } from '@mkiot/esp32/efuse/macCrc';
import type { ChipModel } from '../models/chipModel.ts';
import { fieldBlocks } from './burnFields.ts';

/** The eFuses of a new chip: its revision and its MAC address. */
export function factoryEfuses({ chip, factory }: ChipModel, mac: Uint8Array): EfuseDump {
  const hasCrc = chip.efuse.fieldTables[0]?.fields.some(({ name }) => name === 'MAC_CRC') ?? false;
  const address = { MAC: mac.toReversed(), ...(hasCrc ? { MAC_CRC: factoryMacCrc(mac) } : {}) };
  return { chip, blocks: fieldBlocks(chip, { ...factory, ...address }) };
}
