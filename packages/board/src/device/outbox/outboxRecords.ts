import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { isSubfolder } from '@mkiot/core/contract/ids';

// The stored outbox is a row of records: u32 length of the body, u32 CRC-32 of the body, body. All integers are big
// endian. A body starts with a byte that says what it is:
//   1 checkpoint: u8 format, u64 next sequence, u64 dropped      first record, and nowhere else
//   2 message:    u64 sequence, u16 length of subfolder, subfolder in UTF-8, payload to the end
//   3 removed:    u64 first sequence that is kept, u64 dropped

/** Format of the records below it; a reader refuses others. */
export const OUTBOX_FORMAT = 1;

/** A message on its way to the server. */
export interface OutboxMessage {
  /** Counts up from 1 for the life of the outbox; never used twice. */
  readonly sequence: number;
  /** Where it goes: `/devices/{device}/events/{subfolder}`, or `…/events` when empty. */
  readonly subfolder: string;
  readonly payload: Uint8Array;
}

export type OutboxRecord =
  | { readonly kind: 'checkpoint'; readonly format: number; readonly nextSequence: number; readonly dropped: number }
  | { readonly kind: 'message'; readonly message: OutboxMessage }
  | { readonly kind: 'removed'; readonly firstKept: number; readonly dropped: number };

const KIND_BYTES = { checkpoint: 1, message: 2, removed: 3 } as const;
const HEADER_BYTES = 8;

export function encodeOutboxRecord(record: OutboxRecord): Uint8Array {
  const body = encodeBody(record);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, body.length);
  header.setUint32(4, crc32(body));
  return concatBytes(new Uint8Array(header.buffer), body);
}

/** The records up to the first that is torn or damaged; `goodBytes` says how far that was. */
export interface DecodedOutbox {
  readonly records: readonly OutboxRecord[];
  readonly goodBytes: number;
}

/** Reads what is stored. A torn end is normal after a power cut, so it is a result and no error. */
export function decodeOutboxRecords(stored: Uint8Array): DecodedOutbox {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const records: OutboxRecord[] = [];
  let offset = 0;
  while (offset + HEADER_BYTES <= stored.length) {
    const end = offset + HEADER_BYTES + view.getUint32(offset);
    const body = stored.subarray(offset + HEADER_BYTES, end);
    if (end > stored.length || crc32(body) !== view.getUint32(offset + 4)) break;
    const record = decodeBody(body);
    if (record === undefined) break;
    records.push(record);
    offset = end;
    // Nothing is known about what follows the checkpoint of another format.
    if (record.kind === 'checkpoint' && record.format !== OUTBOX_FORMAT) break;
  }
  return { records, goodBytes: offset };
}

function encodeBody(record: OutboxRecord): Uint8Array {
  const kind = Uint8Array.of(KIND_BYTES[record.kind]);
  if (record.kind === 'checkpoint') {
    return concatBytes(kind, Uint8Array.of(record.format), u64(record.nextSequence), u64(record.dropped));
  }
  if (record.kind === 'removed') return concatBytes(kind, u64(record.firstKept), u64(record.dropped));
  const { sequence, subfolder, payload } = record.message;
  const name = utf8Encode(subfolder);
  const nameLength = Uint8Array.of(name.length >>> 8, name.length & 0xff);
  return concatBytes(kind, u64(sequence), nameLength, name, payload);
}

/** `undefined` for a body that no encoder made, even though its checksum is right (eight zero bytes are such a one). */
function decodeBody(body: Uint8Array): OutboxRecord | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  switch (body[0]) {
    case KIND_BYTES.checkpoint: {
      if (body.length !== 18) return undefined;
      const [nextSequence, dropped] = [Number(view.getBigUint64(2)), Number(view.getBigUint64(10))];
      return { kind: 'checkpoint', format: view.getUint8(1), nextSequence, dropped };
    }
    case KIND_BYTES.removed: {
      if (body.length !== 17) return undefined;
      return { kind: 'removed', firstKept: Number(view.getBigUint64(1)), dropped: Number(view.getBigUint64(9)) };
    }
    case KIND_BYTES.message: {
      const nameEnd = body.length < 11 ? Infinity : 11 + view.getUint16(9);
      if (nameEnd > body.length) return undefined;
      const subfolder = new TextDecoder().decode(body.subarray(11, nameEnd));
      if (subfolder !== '' && !isSubfolder(subfolder)) return undefined;
      // A copy, because the stored bytes are one large buffer that would live as long as its last message.
      const message = { sequence: Number(view.getBigUint64(1)), subfolder, payload: body.slice(nameEnd) };
      return { kind: 'message', message };
    }
    default:
      return undefined;
  }
}

function u64(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value));
  return new Uint8Array(view.buffer);
}
