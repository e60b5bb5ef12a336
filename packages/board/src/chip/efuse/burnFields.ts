import type { Chip, EfuseField } from '@mkiot/esp32/chips/chip';
import { burnBits } from '@mkiot/esp32/efuse/bits';
import { fieldNames } from '@mkiot/esp32/efuse/efuseFields';
import { chipError } from '../chipErrors.ts';
import type { EfuseController } from './efuseController.ts';

/** Values of eFuse fields by name: a number, or bytes from the first bit on. */
export type FieldValues = Readonly<Record<string, number | Uint8Array>>;

/** What has to be burned into each block for `values`, block by number. @throws `EFUSE_FIELD_UNKNOWN` */
export function fieldBlocks(chip: Chip, values: FieldValues): readonly Uint8Array<ArrayBuffer>[] {
  const fields = fieldNames(chip.efuse.fieldTables.flatMap((table) => table.fields));
  const blocks = chip.efuse.blocks.map(({ words }) => new Uint8Array(words * 4));
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(name);
    if (field === undefined) throw chipError('EFUSE_FIELD_UNKNOWN', { chip: chip.label, field: name });
    burnValue(blocks[field.block] as Uint8Array, field, value);
  }
  return blocks;
}

/** Burns fields as firmware does, blocks with keys before BLOCK0, which may lock them. Throws as `burn` does. */
export function burnFields(efuses: EfuseController, values: FieldValues): void {
  for (const [number, data] of [...fieldBlocks(efuses.chip, values).entries()].reverse()) {
    if (data.some((byte) => byte !== 0)) efuses.burn(number, trimmed(data));
  }
}

function burnValue(block: Uint8Array, field: EfuseField, value: number | Uint8Array): void {
  if (typeof value === 'number') {
    burnBits(block, field.bit, field.bits, value);
    return;
  }
  for (const [index, byte] of value.entries()) burnBits(block, field.bit + 8 * index, 8, byte);
}

/** Coding schemes leave a block fewer bytes than it has fuses: zeros at the end need no room. */
function trimmed(data: Uint8Array): Uint8Array {
  return data.subarray(0, data.findLastIndex((byte) => byte !== 0) + 1);
}
