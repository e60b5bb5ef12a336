import { base64Encode } from '@mkiot/core/bytes/base64';
import { type NvsTypeName } from './nvsFormat.ts';
import { readNvsItem, type ReadNvsItem } from './nvsItemValue.ts';
import { namespaceNames } from './nvsRecords.ts';
import type { NvsPage } from './parseNvs.ts';

/**
 * An entry as `nvs_tool.py --dump minimal --format json` of ESP-IDF tells it: each piece of a blob is one, bytes are in base64.
 * Entries that nvs_tool leaves out, because they are deleted or damaged, have `offset` and `problem` too.
 */
export interface NvsToolRow {
  readonly namespace: string | undefined;
  readonly key: string;
  readonly encoding: NvsTypeName | undefined;
  readonly data: bigint | string;
  readonly state: string;
  readonly is_empty: false;
  readonly offset?: number;
  /** The code of an error. */
  readonly problem?: string;
}

const STATES = { written: 'Written', erased: 'Erased', empty: 'Empty', illegal: 'Invalid' } as const;

/** All entries that can be read, in the order of the partition; definitions of namespaces and indexes of blobs are left out. */
export function nvsToolRows(pages: readonly NvsPage[]): readonly NvsToolRow[] {
  const reads = pages.flatMap(({ items }) => items.map(readNvsItem));
  const names = namespaceNames(reads);
  const shown = reads.filter(({ item, type }) => item.namespaceIndex !== 0 && type !== 'blob_index');
  return shown.map((read) => toolRow(read, names.get(read.item.namespaceIndex)));
}

function toolRow({ item, key, type, value, problem }: ReadNvsItem, namespace: string | undefined): NvsToolRow {
  const data = value instanceof Uint8Array || value === undefined ? base64Encode(value ?? item.data) : value;
  const row = { namespace, key, encoding: type, data, state: STATES[item.state], is_empty: false } as const;
  if (item.state === 'written' && namespace !== undefined && problem === undefined) return row;
  return { ...row, offset: item.offset, ...(problem && { problem: problem.code }) };
}
