import { base64Encode } from '@mkiot/core/bytes/base64';
import { type NvsTypeName } from './nvsFormat.ts';
import type { ReadNvsItem } from './nvsItemValue.ts';
import { interpretItems, type NvsRecordState } from './nvsRecords.ts';
import type { NvsPage } from './parseNvs.ts';

/**
 * An entry as `nvs_tool.py --dump minimal --format json` of ESP-IDF tells it: each piece of a blob is one, bytes are in base64.
 * What nvs_tool leaves out, or shows like a value in use, has its offset and what is special about it.
 */
export interface NvsToolRow {
  readonly namespace: string | undefined;
  readonly key: string;
  readonly encoding: NvsTypeName | undefined;
  readonly data: bigint | string;
  readonly state: string;
  readonly is_empty: false;
  readonly offset?: number;
  /** The device takes a newer entry of the same name. */
  readonly replaced?: true;
  /** The code of an error. */
  readonly problem?: string;
}

const STATES = { written: 'Written', erased: 'Erased', empty: 'Empty', illegal: 'Invalid' } as const;

/** All entries that can be read, in the order of the partition; definitions of namespaces and indexes of blobs are left out. */
export function nvsToolRows(pages: readonly NvsPage[]): readonly NvsToolRow[] {
  const { reads, names, states } = interpretItems(pages);
  const shown = reads.filter(({ item, type }) => item.namespaceIndex !== 0 && type !== 'blob_index');
  return shown.map((read) => toolRow(read, names.get(read.item.namespaceIndex), states.get(read)));
}

function toolRow(read: ReadNvsItem, namespace: string | undefined, state: NvsRecordState | undefined): NvsToolRow {
  const { item, key, type, value, problem } = read;
  const data = value instanceof Uint8Array || value === undefined ? base64Encode(value ?? item.data) : value;
  const row = { namespace, key, encoding: type, data, state: STATES[item.state], is_empty: false } as const;
  if (state === 'current' && namespace !== undefined && problem === undefined) return row;
  const special = {
    ...(state === 'replaced' && { replaced: true as const }),
    ...(problem && { problem: problem.code }),
  };
  return { ...row, offset: item.offset, ...special };
}
