import { toHex, utf8Decode } from '@mkiot/core/bytes/bytes';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { NvsRecord, NvsRecordState } from '@mkiot/esp32/nvs/nvsRecords';
import type { NvsPage } from '@mkiot/esp32/nvs/parseNvs';
import { printable } from '../../../output/printable.ts';

/** Longer bytes are cut in text for people. */
const SHOWN_BYTES = 64;

const TITLES: Readonly<Record<Exclude<NvsRecordState, 'current'>, string>> = {
  replaced: 'Replaced by a newer value, or a piece of a blob that is gone:',
  erased: 'Deleted, but still readable:',
  unmarked: 'Written, but not marked before the power was cut:',
};

/** What is in a partition, in words: values, then what was deleted, then what is damaged. */
export function nvsLines(
  records: readonly NvsRecord[],
  pages: readonly NvsPage[],
  damage: readonly MkiotError[],
): readonly string[] {
  const inState = (wanted: NvsRecordState): readonly NvsRecord[] => records.filter(({ state }) => state === wanted);
  const others = (['replaced', 'erased', 'unmarked'] as const).flatMap((state) =>
    section(
      TITLES[state],
      inState(state).map((record) => `  0x${record.offset.toString(16)}  ${recordLine(record)}`),
    ),
  );
  const leftovers = pages.flatMap((page) => page.leftovers).filter(({ state }) => state !== 'written');
  const pieces = leftovers.map(({ offset, bytes }) => `  0x${offset.toString(16)}  ${bytesText(bytes)}`);
  const problems = damage.map(({ message }) => `  ${message}`);
  const current = inState('current').map(recordLine);
  return [
    ...(current.length === 0 ? ['There is no value in the partition.'] : current),
    ...others,
    ...section('Pieces of deleted values:', pieces),
    ...section('Damaged:', problems),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function recordLine({ namespace, namespaceIndex, key, type, value, problem }: NvsRecord): string {
  const name = `${namespace ?? `(namespace ${namespaceIndex})`}:${key}`;
  const kind = type === 'blob_index' ? 'blob' : (type ?? 'unknown type');
  const bytes = value instanceof Uint8Array ? `, ${value.length} bytes` : '';
  const shown = value instanceof Uint8Array ? bytesText(value) : printable(String(value ?? ''));
  const warning = problem === undefined ? '' : `  (${problem.message})`;
  return `${printable(name)} (${kind}${bytes}) = ${shown}${warning}`;
}

/** As text where it is one, but for the zeros and 0xff at its end; else as hexadecimal. */
function bytesText(bytes: Uint8Array): string {
  const end = bytes.findLastIndex((byte) => byte !== 0 && byte !== 0xff) + 1;
  try {
    const text = utf8Decode(bytes.subarray(0, end));
    if (end > 0 && !/[^\P{Cc}\n\r\t]/u.test(text)) return printable(text);
  } catch {
    // It is shown as hexadecimal.
  }
  return bytes.length <= SHOWN_BYTES ? toHex(bytes) : `${toHex(bytes.subarray(0, SHOWN_BYTES))}…`;
}
