import { toHexOffset } from '../../../bytes/hexOffset.ts';
import { recogniseContent } from '../../../content/recogniseContent.ts';
import type { FlashRegion } from '../../flash/flashDump.ts';
import type { Observation, Rule } from '../../rule.ts';
import { CORE_DUMP } from '../references.ts';
import { isInCoreDump, openSecrets, secretObservation } from './secretObservations.ts';

export const coredumpSecret: Rule = {
  id: 'coredump-secret',
  title: 'A core dump lies in flash in clear',
  meaning:
    'It is the memory of the device when it crashed: stacks of all tasks, with keys of connections, passwords and tokens in use. ' +
    'Who can make the device crash can have it written.',
  severity: 'high',
  mend: [
    'Switch CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH off in release builds, or give the partition the flag "encrypted".',
    'Erase the partition: "parttool.py erase_partition --partition-name coredump".',
  ],
  references: [CORE_DUMP],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const secrets = openSecrets(subject).filter(({ offset }) => isInCoreDump(flash.value, offset));
    const without = flash.value.regions
      .filter((region) => isCoreDump(region) && !secrets.some(({ offset }) => isWithin(region, offset)))
      .map((region) => dumpObservation(flash.source, region));
    return [...secrets.map((secret) => secretObservation(subject, secret)), ...without];
  },
};

function isCoreDump({ readable, isDecrypted, content }: FlashRegion): boolean {
  return !isDecrypted && content !== 'encrypted' && recogniseContent(readable) === 'core-dump';
}

function isWithin(region: FlashRegion, offset: number): boolean {
  return offset >= region.offset && offset < region.offset + region.size;
}

/** Keys in memory mostly have no form that tells them from other bytes. */
function dumpObservation(source: string, { name, offset, size, partition }: FlashRegion): Observation {
  const text = `A core dump of ELF format in clear at ${toHexOffset(offset)}; nothing in it has the form of a key or token.`;
  return { source, text, offset, length: size, ...(partition && { partition: name }), severity: 'medium' };
}
