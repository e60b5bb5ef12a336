import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { nvsError } from './nvsErrors.ts';
import { NVS_LONG_TYPES, NVS_TYPES, nvsCrc, nvsSpan, type NvsTypeName } from './nvsFormat.ts';
import type { NvsItem } from './parseNvs.ts';

/** What an item stores: an integer, a text, or bytes. */
export type NvsValue = bigint | string | Uint8Array;

/** What can be read of an item, and the first thing that is wrong with it. */
export interface ReadNvsItem {
  readonly item: NvsItem;
  readonly key: string;
  readonly type: NvsTypeName | undefined;
  /** Undefined for a blob's index, and for an unknown type. */
  readonly value: NvsValue | undefined;
  readonly problem: MkiotError | undefined;
}

const TYPE_NAMES: ReadonlyMap<number, NvsTypeName> = new Map(
  Object.entries(NVS_TYPES).map(([name, { code }]) => [code, name as NvsTypeName]),
);

/** Reads key and value of an item. What is damaged is read as far as it is there. */
export function readNvsItem(item: NvsItem): ReadNvsItem {
  const key = readKey(item);
  const type = TYPE_NAMES.get(item.type);
  const offset = toHexOffset(item.offset);
  const read = { item, key: key.text, type };
  if (type === undefined) {
    return {
      ...read,
      value: undefined,
      problem: nvsError('NVS_TYPE_UNKNOWN', { offset, found: toHexOffset(item.type) }),
    };
  }
  const { value, problem } = readValue(item, type, offset);
  return { ...read, value, problem: problem ?? key.problem };
}

type ReadValue = Pick<ReadNvsItem, 'value' | 'problem'>;

function readValue(item: NvsItem, type: NvsTypeName, offset: string): ReadValue {
  const { integerBytes, signed } = NVS_TYPES[type];
  if (NVS_LONG_TYPES.has(type)) return readLongValue(item, type, offset);
  const problem = item.span === 1 ? undefined : nvsError('NVS_VALUE_DAMAGED', { offset });
  return { value: type === 'blob_index' ? undefined : readInteger(item.data, integerBytes, signed), problem };
}

/** Length and CRC are in the item, the value is in the entries behind it. */
function readLongValue({ data, payload, span }: NvsItem, type: NvsTypeName, offset: string): ReadValue {
  const view = dataView(data);
  const length = view.getUint16(0, true);
  const bytes = payload.subarray(0, length);
  const isRight = span === nvsSpan(length) && nvsCrc(bytes) === view.getUint32(4, true);
  const damaged = isRight ? undefined : nvsError('NVS_VALUE_DAMAGED', { offset });
  if (type !== 'string') return { value: bytes, problem: damaged };
  const text = readText(bytes);
  return {
    value: text ?? bytes,
    problem: damaged ?? (text === undefined ? nvsError('NVS_TEXT', { offset }) : undefined),
  };
}

/** A string is stored with its zero. */
function readText(bytes: Uint8Array): string | undefined {
  if (bytes.at(-1) !== 0) return undefined;
  try {
    return utf8Decode(bytes.subarray(0, -1));
  } catch {
    return undefined;
  }
}

function readInteger(data: Uint8Array, bytes: number, signed: boolean): bigint {
  const number = dataView(data).getBigUint64(0, true);
  return signed ? BigInt.asIntN(bytes * 8, number) : BigInt.asUintN(bytes * 8, number);
}

/** Keys are ASCII by convention; any other byte is shown as Latin-1, so that no two keys look alike. */
function readKey({ key, offset }: NvsItem): { readonly text: string; readonly problem: MkiotError | undefined } {
  const end = key.indexOf(0);
  const used = end === -1 ? key : key.subarray(0, end);
  const isRight = end > 0 && key.subarray(end).every((byte) => byte === 0);
  const problem = isRight ? undefined : nvsError('NVS_KEY_TEXT', { offset: toHexOffset(offset) });
  return { text: String.fromCharCode(...used), problem };
}

export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
