import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { existsSync } from 'node:fs';
import { appendLines, readNamedFile, replaceNamedFile } from '../../../namedFile.ts';
import { parseQueueLine, queueLine } from '../../station/queueLines.ts';

/** Records of a queue that the server has not answered yet. */
export interface WaitingRecords {
  /** Undefined stands for a line that a power cut has cut: its unit was never told to be in the queue. */
  readonly records: readonly (SignedUnitRecord | undefined)[];
  /** Where they end in the file. */
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
    const all = utf8Decode(await readIfAny(this.path));
    // The last line may just be written by somebody.
    const text = all.slice(0, all.lastIndexOf('\n') + 1);
    const answered = Number(utf8Decode(await readIfAny(this.#answeredPath)));
    // A queue that somebody has put away begins anew.
    const start = Number.isSafeInteger(answered) && answered <= text.length ? answered : 0;
    const lines = text
      .slice(start)
      .split('\n')
      .filter((line) => line !== '');
    return { records: lines.map(parseQueueLine), end: text.length };
  }

  /** The server has answered all up to there, whatever it said. @throws `FILE_NOT_WRITTEN` */
  async answered({ end }: WaitingRecords): Promise<void> {
    await replaceNamedFile(this.#answeredPath, utf8Encode(String(end)));
  }
}

async function readIfAny(path: string): Promise<Uint8Array> {
  return existsSync(path) ? readNamedFile(path) : new Uint8Array();
}
