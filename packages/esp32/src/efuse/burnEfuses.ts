import type { Chip, EfuseField } from '../chips/chip.ts';
import { burnBits, readBits } from './bits.ts';
import { burnError } from './burnErrors.ts';
import { blockBytes, CODING_SCHEME, type EfuseDump, isWriteProtected } from './efuseDump.ts';
import { fieldNames, fieldsOf, revisionOf } from './efuseFields.ts';
import { readFuses } from './readFuse.ts';

/**
 * One thing that espefuse burns: the ones of a number, the bytes of a key block, or the bit that makes a field read-only
 * or unreadable. All are in the names of espefuse.
 */
export type Burn =
  | { readonly kind: 'field'; readonly field: string; readonly value: number }
  | { readonly kind: 'key'; readonly field: string; readonly bytes: Uint8Array }
  | { readonly kind: 'write-protect' | 'read-protect'; readonly field: string };

/** A chip of which nothing is burned but, where `revision` is given, its silicon revision, 100 · major + minor. */
export function blankEfuses(chip: Chip, revision = 0): EfuseDump {
  const blocks = chip.efuse.blocks.map((block) => new Uint8Array(blockBytes(block, CODING_SCHEME.none)));
  const blank: EfuseDump = { chip, blocks };
  const parts = [
    ...revisionParts(chip, 'MAJOR', Math.floor(revision / 100)),
    ...revisionParts(chip, 'MINOR', revision % 100),
  ];
  return parts.reduce<EfuseDump>((dump, [name, value]) => withBits(dump, fieldNamed(dump, name), value), blank);
}

/**
 * The eFuses after `burn`, as the chip has them: a bit that is one stays one, what is protected stays as it is, a block with
 * Reed-Solomon check bits takes one burn, and a closed ROM loader takes none. What is there already needs no burning and
 * is never refused.
 *
 * @throws `BURN_NO_FIELD`, `BURN_WRITE_PROTECTED`, `BURN_BLOCK_USED`, `BURN_LOADER_CLOSED`
 */
export function burnEfuses(dump: EfuseDump, burn: Burn): EfuseDump {
  const field = fieldNamed(dump, burn.field);
  switch (burn.kind) {
    case 'field':
      return burnNumber(dump, field, burn.value);
    case 'key':
      return burnKey(dump, field, burn.bytes);
    case 'write-protect':
      return burnProtection(dump, 'WR_DIS', field.writeProtectBit === undefined ? [] : [field.writeProtectBit]);
    default:
      return burnProtection(dump, 'RD_DIS', field.readProtectBits);
  }
}

function burnNumber(dump: EfuseDump, field: EfuseField, value: number): EfuseDump {
  const block = dump.blocks[field.block] ?? new Uint8Array();
  const missing = Array.from({ length: field.bits }, (_, bit) => bit).some(
    (bit) => Math.floor(value / 2 ** bit) % 2 === 1 && readBits(block, field.bit + bit, 1) === 0,
  );
  if (!missing) return dump;
  checkBurnable(dump, field);
  return withBits(dump, field, value);
}

function burnKey(dump: EfuseDump, field: EfuseField, bytes: Uint8Array): EfuseDump {
  const block = dump.blocks[field.block] ?? new Uint8Array();
  checkBurnable(dump, field);
  if (block.some((byte) => byte !== 0)) throw burnError('BURN_BLOCK_USED', { field: field.name });
  const burned = Uint8Array.from(block);
  // With coding scheme 3/4 a block is shorter than its field.
  const length = Math.min(field.bits / 8, burned.length - field.bit / 8);
  burned.set(bytes.subarray(0, length), field.bit / 8);
  return withBlock(dump, field.block, burned);
}

function burnProtection(dump: EfuseDump, name: 'WR_DIS' | 'RD_DIS', bits: readonly number[]): EfuseDump {
  const mask = bits.reduce((sum, bit) => sum + 2 ** bit, 0);
  return burnNumber(dump, fieldNamed(dump, name), mask);
}

function checkBurnable(dump: EfuseDump, field: EfuseField): void {
  const { writeProtectBit, name } = field;
  if (writeProtectBit !== undefined && isWriteProtected(dump, writeProtectBit)) {
    throw burnError('BURN_WRITE_PROTECTED', { field: name, bit: writeProtectBit });
  }
  const closedBy = loaderClosedBy(dump);
  if (closedBy !== undefined) throw burnError('BURN_LOADER_CLOSED', { field: name, closedBy });
}

/** The eFuse that has closed the ROM loader for espefuse. The ESP32 has its own from the silicon of secure boot v2 on. */
export function loaderClosedBy(dump: EfuseDump): string | undefined {
  const fuses = [
    ...(canCloseDownload(dump) ? readFuses(dump, 'downloadMode') : []),
    ...readFuses(dump, 'secureDownload'),
  ];
  return fuses.find(({ value }) => value === 1)?.field.name;
}

/** Whether this silicon heeds the eFuse that closes download mode: the one that knows secure boot v2 does. */
export function canCloseDownload(dump: EfuseDump): boolean {
  if (!dump.chip.secureBoot.some(({ version }) => version === 1)) return true;
  const { fromRevision = 0 } = dump.chip.secureBoot.find(({ version }) => version === 2) ?? {};
  return revisionOf(dump) >= fromRevision;
}

function withBits(dump: EfuseDump, field: EfuseField, value: number): EfuseDump {
  const block = Uint8Array.from(dump.blocks[field.block] ?? []);
  burnBits(block, field.bit, field.bits, value);
  return withBlock(dump, field.block, block);
}

function withBlock(dump: EfuseDump, number: number, block: Uint8Array): EfuseDump {
  return { ...dump, blocks: dump.blocks.with(number, block) };
}

function fieldNamed(dump: EfuseDump, name: string): EfuseField {
  const others = dump.chip.efuse.fieldTables.flatMap(({ fields }) => fields);
  const field = fieldNames(fieldsOf(dump)).get(name) ?? fieldNames(others).get(name);
  if (field === undefined) throw burnError('BURN_NO_FIELD', { chip: dump.chip.label, field: name });
  return field;
}

/** Where the revision lies, and the values of the parts it is put together from, the greatest first. */
function revisionParts(chip: Chip, which: 'MAJOR' | 'MINOR', value: number): readonly (readonly [string, number])[] {
  const name = `WAFER_VERSION_${which}`;
  const sum = chip.efuse.sums.find((candidate) => candidate.name === name);
  if (sum === undefined) return [[name, value]];
  let rest = value;
  return sum.parts
    .toSorted((one, other) => other.factor - one.factor)
    .map(({ field, factor }) => {
      const share = Math.floor(rest / factor);
      rest -= share * factor;
      return [field, share] as const;
    });
}
