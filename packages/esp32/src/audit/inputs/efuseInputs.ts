import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Chip } from '../../chips/chip.ts';
import type { EfuseDump } from '../../efuse/efuseDump.ts';
import { fieldsOf } from '../../efuse/efuseFields.ts';
import { efuseEntries } from '../../efuse/efuseSummary.ts';
import { parseEfuseFile } from '../../efuse/parseEfuseFile.ts';
import type { FromInput } from '../subject.ts';
import type { AuditInput } from './auditInput.ts';
import { inputError } from './inputErrors.ts';
import { macOf } from './macAddress.ts';
import { readAs } from './recogniseText.ts';

type EfuseInput = Extract<AuditInput, { readonly kind: 'efuse' }>;

/**
 * Reads eFuses, by themselves where they tell their chip.
 *
 * @param chip what the other inputs say
 * @throws `AUDIT_INPUT_BROKEN`
 */
export function readEfuses({ source, value }: EfuseInput, chip: Chip | undefined): FromInput<EfuseDump> {
  const dump = readAs('efuse', { name: source }, () => {
    try {
      return parseEfuseFile(value);
    } catch (error) {
      const isNeeded = error instanceof MkiotError && error.code === 'EFUSE_CHIP_NEEDED';
      if (isNeeded && chip !== undefined) return parseEfuseFile(value, chip);
      throw error;
    }
  });
  return { source, value: dump };
}

/**
 * The eFuses of one chip, which may be there in several forms: the one that tells most.
 *
 * @throws `AUDIT_MACS_DISAGREE`, `AUDIT_INPUT_TWICE` where a field has two values
 */
export function sameEfuses(dumps: readonly FromInput<EfuseDump>[]): FromInput<EfuseDump> | undefined {
  const [best, ...others] = dumps.toSorted(
    (one, other) => fieldsOf(other.value).length - fieldsOf(one.value).length || byName(one, other),
  );
  for (const other of others) if (best !== undefined) checkSame(best, other);
  return best;
}

function byName(one: { readonly source: string }, other: { readonly source: string }): number {
  return one.source < other.source ? -1 : 1;
}

function checkSame(one: FromInput<EfuseDump>, other: FromInput<EfuseDump>): void {
  const [source, otherSource] = [one.source, other.source];
  const [mac, otherMac] = [macOf(one.value), macOf(other.value)];
  if (mac !== undefined && otherMac !== undefined && mac !== otherMac) {
    throw inputError('AUDIT_MACS_DISAGREE', { source, mac, other: otherSource, otherMac });
  }
  const values = new Map(efuseEntries(one.value).map(({ name, value }) => [name, value]));
  const isOther = efuseEntries(other.value).some(({ name, value }) => values.has(name) && values.get(name) !== value);
  if (isOther) throw inputError('AUDIT_INPUT_TWICE', { source, other: otherSource, kind: 'eFuses' });
}
