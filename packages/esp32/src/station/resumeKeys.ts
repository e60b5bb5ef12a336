import { equalBytes } from '@mkiot/core/bytes/bytes';
import { burnEfuses } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { keySlots, type KeySlot } from '../efuse/keySlots.ts';
import { purposeBurn } from '../efuse/purposeBurn.ts';
import { readFuse } from '../efuse/readFuse.ts';
import { burnBlock } from '../serial/burnBlock.ts';
import { readEfuses } from '../serial/readEfuses.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { burnDifference, type BurnKeys } from './burnStep.ts';
import { stationError } from './stationErrors.ts';

/** A key as it is to lie in a block, and what marks it there on chips that have purposes. */
interface WantedKey {
  readonly bytes: Uint8Array;
  readonly purpose: string;
  readonly use: KeySlot['use'];
}

/**
 * Finishes keys whose burn was cut: a block that holds some of a key's bits, or all of them and is not marked yet. A key that
 * is hidden already cannot be compared.
 *
 * @param isResumed the keys were burned into this chip before: then a block with some of their bits is theirs
 * @returns the eFuses as they are read afterwards
 * @throws `UNIT_OTHER_KEY` where a key of this use can be read and is another one: locking it would end the chip
 */
export async function resumeKeys(
  loader: RomLoader,
  efuses: EfuseDump,
  { flashKeyBlock, digestBlock }: BurnKeys,
  isResumed: boolean,
): Promise<EfuseDump> {
  const wanted: WantedKey[] = [];
  if (flashKeyBlock !== undefined) {
    wanted.push({ bytes: flashKeyBlock, purpose: 'XTS_AES_128_KEY', use: 'flash-encryption' });
  }
  if (digestBlock !== undefined) {
    wanted.push({ bytes: digestBlock, purpose: 'SECURE_BOOT_DIGEST0', use: 'secure-boot-digest' });
  }
  let state = efuses;
  for (const key of wanted) {
    if (isResumed) state = await finish(loader, state, key);
    const other = keySlots(state).find((slot) => slot.use === key.use && isOther(slot, key, isResumed));
    if (other !== undefined) throw stationError('UNIT_OTHER_KEY', { use: key.use, slot: other.name });
  }
  return state;
}

async function finish(loader: RomLoader, state: EfuseDump, key: WantedKey): Promise<EfuseDump> {
  const slot = keySlots(state).find((slot) => isReadable(slot) && !slot.isWriteProtected && isBegun(state, slot, key));
  if (slot === undefined) return state;
  const field = readFuse(state, slot.name)?.field;
  const block = state.chip.efuse.blocks.find(({ number }) => number === field?.block);
  if (block === undefined) throw new TypeError(`no block of ${slot.name}`);
  await burnBlock(loader, state, block, key.bytes);
  if (slot.purposeField !== undefined) {
    const mark = purposeBurn(state.chip, slot.purposeField, key.purpose);
    await burnDifference(loader, state, burnEfuses(state, mark));
  }
  return readEfuses(loader, state.chip);
}

function isReadable({ isEmpty, isReadProtected }: KeySlot): boolean {
  return !isEmpty && !isReadProtected;
}

/** A hidden key can be ours only where ours was burned before. */
function isOther(slot: KeySlot, key: WantedKey, isResumed: boolean): boolean {
  if (slot.isReadProtected) return key.use === 'flash-encryption' && !isResumed;
  return !slot.isEmpty && !equalBytes(slot.bytes, key.bytes);
}

/** All that is burned in the block and in its mark belongs to the key; a bit more, and it is another's. */
function isBegun(state: EfuseDump, { bytes, use, purposeField, isPurposeLocked }: KeySlot, key: WantedKey): boolean {
  const isPart = bytes.length === key.bytes.length && bytes.every((byte, at) => (byte & ~(key.bytes[at] ?? 0)) === 0);
  if (purposeField === undefined) return isPart && use === key.use;
  const marked = readFuse(state, purposeField)?.value ?? 0;
  const { value: wanted } = purposeBurn(state.chip, purposeField, key.purpose);
  // A mark that was locked half burned is never finished: the key needs another block.
  return isPart && (isPurposeLocked ? marked === wanted : (marked & ~wanted) === 0);
}
