import { NVS_KEYS_BYTES } from '../../flash/findNvsAreas.ts';
import type { FlashDump } from '../../flash/flashDump.ts';
import type { Observation } from '../../rule.ts';
import type { FromInput } from '../../subject.ts';
import { regionAt } from './secretObservations.ts';

/** A sector that holds NVS keys. */
export function keySector(
  { source, value }: FromInput<FlashDump>,
  { offset }: { readonly offset: number },
  text: string,
): Observation {
  const region = regionAt(value, offset);
  return { source, text, offset, length: NVS_KEYS_BYTES, ...(region?.partition && { partition: region.name }) };
}
