import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendLines, readNamedFile, replaceNamedFile } from '../../../namedFile.ts';
import { parseQueueLine, queueLine } from '../../station/queueLines.ts';

/** Records of a queue that the server has not answered yet. */
export interface WaitingRecords {
  /** Undefined stands for a line that a power cut has cut: its unit was never told to be in the queue. */
  readonly records: readonly (SignedUnitRecord | undefined)[];
  /** Where they end in the file, bytes. */
  readonly end: number;
}

/**
 * Records that wait for the server, in a file that only grows: `line-1.queue.jsonl`, which `mkiot station register` takes too.
 * Up to where the server has answered stands in a file beside it. Two stations with one queue lose nothing: at worst one sends
 * again what the other has sent, which is harmless.
 */
export class RecordQueue {
  readonly path: string;
  readonly #answeredPath: string;

  /** @param name of its files without their endings: `line-1.queue` */
  constructor(name: string) {
    this.path = `${name}.jsonl`;
    this.#answeredPath = `${name}.answered`;
  }

  /** Keeps a record; when it resolves, a power cut does not undo it. @throws `FILE_NOT_WRITTEN` */
  async add(record: SignedUnitRecord): Promise<void> {
    await appendLines(this.path, [queueLine(record)]);
  }

  /** @throws `FILE_NOT_READ` */
  async waiting(): Promise<WaitingRecords> {
    const all = await readIfAny(this.path);
    // The last line may just be written by somebody.
    const end = all.lastIndexOf(NEWLINE) + 1;
    const lines = utf8Decode(all.subarray(await this.#answeredEnd(all), end)).split('\n');
    return { records: lines.filter((line) => line !== '').map(parseQueueLine), end };
  }

  /** The server has answered all up to there, whatever it said. @throws `FILE_NOT_WRITTEN` */
  async answered({ end }: WaitingRecords): Promise<void> {
    const digest = digestOf((await readIfAny(this.path)).subarray(0, end));
    await replaceNamedFile(this.#answeredPath, `${end} ${digest}\n`);
  }

  /** Where a queue that somebody has put away was answered says nothing of the one that has begun anew. */
  async #answeredEnd(all: Uint8Array): Promise<number> {
    const [end, digest] = utf8Decode(await readIfAny(this.#answeredPath))
      .trim()
      .split(' ');
    return digest === digestOf(all.subarray(0, Number(end))) ? Number(end) : 0;
  }
}

const NEWLINE = 0x0a;

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readIfAny(path: string): Promise<Uint8Array> {
  return existsSync(path) ? readNamedFile(path) : new Uint8Array();
}
