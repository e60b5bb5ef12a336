import type { FigureName } from './cases.ts';

/** What is wanted of MkIoT: of its figure alone, or of its ratio to the same figure of another server. */
export interface Wanted {
  readonly case: string;
  readonly figure: FigureName;
  /** The name under which MkIoT is measured: the runtime is in it. Default: any. */
  readonly of?: string;
  /** Default: none, `atMost` is about the figure itself. */
  readonly beside?: string;
  readonly ratioAtLeast?: number;
  readonly atMost?: number;
}

const NODE = 'MkIoT';
const BUN = 'MkIoT on Bun';
const MOSQUITTO = 'mosquitto';

export const WANTED: readonly Wanted[] = [
  { case: 'idle', figure: 'memory', of: NODE, atMost: 60 },
  { case: 'idle', figure: 'memory', of: BUN, atMost: 20 },
  { case: 'connect', figure: 'logins', of: NODE, beside: MOSQUITTO, ratioAtLeast: 0.85 },
  { case: 'connect', figure: 'logins', of: BUN, beside: MOSQUITTO, ratioAtLeast: 1.2 },
  { case: 'w1', figure: 'messages', of: NODE, beside: MOSQUITTO, ratioAtLeast: 0.55 },
  { case: 'w1', figure: 'messages', of: BUN, beside: MOSQUITTO, ratioAtLeast: 1 },
  { case: 'w10', figure: 'messages', of: NODE, beside: MOSQUITTO, ratioAtLeast: 1.5 },
  { case: 'w10', figure: 'messages', of: BUN, beside: MOSQUITTO, ratioAtLeast: 2 },
  { case: 'w10', figure: 'stored', beside: 'mosquitto + mqtt.js + SQLite', ratioAtLeast: 3 },
  { case: 'w10', figure: 'messages', beside: 'NATS', ratioAtLeast: 2 },
  { case: 'w10', figure: 'messages', beside: 'RabbitMQ', ratioAtLeast: 8 },
  // With workers: a tenth more CPU time a message than without, at most.
  { case: 'w1', figure: 'messages', beside: NODE, ratioAtLeast: 0.91 },
  { case: 'w10', figure: 'messages', beside: NODE, ratioAtLeast: 0.91 },
  { case: 'light', figure: 'p50', atMost: 1.5 },
  { case: 'light', figure: 'p99', atMost: 6 },
];

/** What is wanted of a figure of MkIoT; with `beside`: of its ratio to that server. */
export function wantedOf(
  caseName: string,
  figure: FigureName,
  server: string,
  beside: string | undefined,
): Wanted | undefined {
  return WANTED.find(
    (row) => row.case === caseName && row.figure === figure && row.beside === beside && (row.of ?? server) === server,
  );
}

/** Whether `value` is as it was wanted. */
export function isMet({ atMost = Infinity, ratioAtLeast = -Infinity }: Wanted, value: number): boolean {
  return value <= atMost && value >= ratioAtLeast;
}
