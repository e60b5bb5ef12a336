import type { EfuseDump } from '../../efuse/efuseDump.ts';
import type { KeySlot } from '../../efuse/keySlots.ts';
import type { Fuse } from '../../efuse/readFuse.ts';
import type { Observation } from '../rule.ts';
import type { FromInput } from '../subject.ts';

/** An eFuse and what it holds as evidence. */
export function fuseObservation({ source }: FromInput<EfuseDump>, fuse: Fuse, consequence?: string): Observation {
  const { field, value, isLocked } = fuse;
  const bits = field.bits > 1 ? ` (0b${value.toString(2).padStart(field.bits, '0')})` : '';
  const change = isLocked ? 'write-protected: it can not be burned any more' : 'it can still be burned';
  const text = `${field.name} is ${value}${bits}, ${change}.`;
  return { source, field: field.name, text: consequence === undefined ? text : `${text} ${consequence}` };
}

/** A place for a key as evidence: never what is in it. */
export function slotObservation({ source }: FromInput<EfuseDump>, slot: KeySlot, text: string): Observation {
  const what = slot.purpose === '' ? slot.name : `${slot.name} (${slot.purpose})`;
  return { source, field: slot.name, text: `${what} ${text}` };
}
