import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../vectors/mqtt-sequences/', import.meta.url);

/** One step of a case. Payloads of `send` and `recv` are hexadecimal, with blanks. */
export type Message =
  | { readonly type: 'send' | 'recv'; readonly payload: string }
  | { readonly type: 'publish'; readonly topic: string; readonly payload: string; readonly qos: 0 | 1 | 2 };

/** What a client says and what it has to hear. */
export interface Sequence {
  /** Unique: file, group, name, and a number where the corpus repeats itself. */
  readonly name: string;
  /** Protocol level of the CONNECT that comes before; 3 is MQTT 3.1. */
  readonly level: 3 | 4 | 5;
  /** Whether the runner has to connect first. */
  readonly connects: boolean;
  /** Whether the connection has to be closed after the last message. */
  readonly endsClosed: boolean;
  readonly messages: readonly Message[];
}

interface Group {
  readonly group: string;
  readonly disable?: boolean;
  readonly tests: readonly {
    readonly name: string;
    readonly ver?: 3 | 4 | 5;
    readonly connect?: boolean;
    readonly expect_disconnect?: boolean;
    readonly msgs: readonly Message[];
  }[];
}

/** All cases of the corpus that it has not disabled itself. */
export function readSequences(): readonly Sequence[] {
  const seen = new Map<string, number>();
  const sequences: Sequence[] = [];
  for (const file of readdirSync(FOLDER).toSorted()) {
    if (!file.endsWith('.json')) continue;
    const groups = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as readonly Group[];
    for (const { group, disable, tests } of groups) {
      if (disable === true) continue;
      for (const test of tests) {
        const title = `${group.replaceAll(/\s+/g, ' ')}: ${test.name.trim()}`;
        const count = (seen.get(title) ?? 0) + 1;
        seen.set(title, count);
        sequences.push({
          name: count === 1 ? title : `${title} (${count})`,
          level: test.ver ?? 4,
          connects: test.connect ?? true,
          endsClosed: test.expect_disconnect ?? true,
          messages: test.msgs,
        });
      }
    }
  }
  return sequences;
}
