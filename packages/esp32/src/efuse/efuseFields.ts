import type { EfuseField, EfusePart, EfuseSum } from '../chips/chip.ts';
import { type EfuseDump, rawNumber } from './efuseDump.ts';

/**
 * The fields that this chip has: what the source tells, or all of its revision but calibration fields that nobody has
 * burned.
 */
export function fieldsOf(dump: EfuseDump): readonly EfuseField[] {
  const { efuse } = dump.chip;
  const fields = tableOf(dump);
  const isCalibrated = sumOf(dump, fields, efuse.calibration.parts) >= efuse.calibration.atLeast;
  return fields.filter(({ name, category, block }) => {
    const isMeant = isCalibrated || category !== 'calibration' || block === 0;
    return dump.told?.has(name) ?? isMeant;
  });
}

/** The sums that this chip has: those of which it has all parts. */
export function sumsOf(dump: EfuseDump): readonly EfuseSum[] {
  const names = new Set(fieldsOf(dump).map(({ name }) => name));
  return dump.chip.efuse.sums.filter(({ parts }) => parts.every(({ field }) => names.has(field)));
}

export function sumValue(dump: EfuseDump, sum: EfuseSum): number {
  const value = sumOf(dump, tableOf(dump), sum.parts);
  return sum.meanings?.[value] ?? value;
}

/** Silicon revision, 100 · major + minor; 0 where none is burned. */
export function revisionOf(dump: EfuseDump): number {
  return 100 * part(dump, 'MAJOR') + part(dump, 'MINOR');
}

/** A revision as ESP-IDF writes it: `v3.1`. */
export function revisionText(revision: number): string {
  return `v${Math.floor(revision / 100)}.${revision % 100}`;
}

/** Every name that `fields` have in any version of espefuse. */
export function fieldNames(fields: readonly EfuseField[]): ReadonlyMap<string, EfuseField> {
  const others = fields.flatMap((field) => field.otherNames.map((name) => [name, field] as const));
  return new Map([...others, ...fields.map((field) => [field.name, field] as const)]);
}

function tableOf(dump: EfuseDump): readonly EfuseField[] {
  const { fieldTables, blankRevision } = dump.chip.efuse;
  const revision = revisionOf(dump) || blankRevision;
  return fieldTables.find(({ untilRevision = Infinity }) => revision <= untilRevision)?.fields ?? [];
}

function part(dump: EfuseDump, which: 'MAJOR' | 'MINOR'): number {
  const name = `WAFER_VERSION_${which}`;
  // Where the version of the wafer lies is the same in all revisions of a chip: they have to be told apart by it.
  const fields = dump.chip.efuse.fieldTables[0]?.fields ?? [];
  const sum = dump.chip.efuse.sums.find((candidate) => candidate.name === name);
  if (sum === undefined) return sumOf(dump, fields, [{ field: name, factor: 1 }]);
  const value = sumOf(dump, fields, sum.parts);
  return sum.meanings?.[value] ?? value;
}

function sumOf(dump: EfuseDump, fields: readonly EfuseField[], parts: readonly EfusePart[]): number {
  return parts.reduce((sum, { field: name, factor }) => {
    const field = fields.find((candidate) => candidate.name === name);
    return field === undefined ? sum : sum + factor * rawNumber(dump, field);
  }, 0);
}
