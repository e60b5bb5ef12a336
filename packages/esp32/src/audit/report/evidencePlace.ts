import { toHexOffset } from '../../bytes/hexOffset.ts';
import type { Evidence } from '../finding.ts';

/** Where evidence is, in words: `flash.bin at 0x290000, partition "eeprom"`. */
export function evidencePlace(evidence: Evidence): string {
  const { source, offset, partition, nvsKey, line, field, isLeftover } = evidence;
  const at = offset === undefined ? '' : ` at ${toHexOffset(offset)}`;
  const places = [
    `${source}${at}`,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(partition === undefined ? [] : [`partition "${partition}"`]),
    ...(nvsKey === undefined ? [] : [`NVS key ${nvsKey}`]),
    ...(field === undefined ? [] : [field]),
    ...(isLeftover === true ? ['a leftover'] : []),
  ];
  return places.join(', ');
}
