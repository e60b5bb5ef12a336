import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { nvsError } from './nvsErrors.ts';
import type { NvsPage } from './parseNvs.ts';

/** Pages and entries that are in use and cannot be read, one error each. */
export function nvsDamage(pages: readonly NvsPage[]): readonly MkiotError[] {
  return pages.flatMap(({ state, offset, leftovers }) => {
    const damaged = leftovers.filter(({ state }) => state === 'written');
    const entries = damaged.map(({ offset }) => nvsError('NVS_ENTRY_DAMAGED', { offset: toHexOffset(offset) }));
    return state === 'unknown' ? [nvsError('NVS_PAGE_DAMAGED', { offset: toHexOffset(offset) }), ...entries] : entries;
  });
}

/**
 * Refuses a partition of which no entry can be read although some are in use: it is encrypted, or was decrypted wrongly.
 *
 * @throws `NVS_ENCRYPTED`, or `NVS_KEYS_WRONG` where it was decrypted
 */
export function checkReadable(pages: readonly NvsPage[], wasDecrypted: boolean): void {
  const damaged = pages.flatMap(({ leftovers }) => leftovers.filter(({ state }) => state === 'written'));
  const [first] = damaged;
  if (first === undefined || pages.some(({ items }) => items.length > 0)) return;
  const code = wasDecrypted ? 'NVS_KEYS_WRONG' : 'NVS_ENCRYPTED';
  throw nvsError(code, { damaged: damaged.length, offset: toHexOffset(first.offset) });
}
