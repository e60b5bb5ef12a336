import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { csvLine, plainCell } from '../../csv/csvLine.ts';
import { csvRows } from '../../csv/csvRows.ts';
import type { UnitResult } from '../unitResult.ts';
import { batchError } from './batchErrors.ts';

/**
 * How far a board has come with a row:
 * - `begun`: the row is its; without a line behind it the run was cut
 * - `done`
 * - `failed`: something of it was changed, so the row stays its
 * - `refused`: nothing was changed, and the row is free again
 * - `given up`: by a person, and the row is free again
 */
export type Outcome = (typeof OUTCOMES)[number];

const OUTCOMES = ['begun', 'done', 'failed', 'refused', 'given up'] as const;

/** A line of the sheet. A row of the job may have many: the last one holds. */
export interface SheetEntry {
  readonly timeMs: number;
  readonly outcome: Outcome;
  /** Its device id. */
  readonly device: string;
  readonly mac: string;
  /** As the user has named it. */
  readonly port: string;
  /** Of a unit that failed or was refused. */
  readonly failure?: Failure | undefined;
  /** Of a unit that is done. */
  readonly result?: SheetResult | undefined;
}

export interface Failure {
  /** The code of the error. */
  readonly reason: string;
  /** It can pass by itself, as when the server is away: then the unit is tried again. */
  readonly canPass: boolean;
  /** The sentence of the error. */
  readonly detail: string;
}

export type SheetResult = Pick<UnitResult, 'chip' | 'efuseDigest' | 'durationMs'> & {
  readonly profile: string;
  readonly registered: string;
  readonly keyCount: number;
  /** Of the audit after. */
  readonly grade: string;
};

type Cell = (entry: SheetEntry) => string;

const COLUMNS = {
  time: ({ timeMs }) => new Date(timeMs).toISOString(),
  outcome: ({ outcome }) => outcome,
  device: ({ device }) => device,
  mac: ({ mac }) => mac,
  port: ({ port }) => port,
  seconds: ({ result }) => (result === undefined ? '' : (result.durationMs / 1_000).toFixed(1)),
  chip: ({ result }) => result?.chip ?? '',
  profile: ({ result }) => result?.profile ?? '',
  registered: ({ result }) => result?.registered ?? '',
  keys: ({ result }) => (result === undefined ? '' : String(result.keyCount)),
  audit: ({ result }) => result?.grade ?? '',
  'efuse sha256': ({ result }) => result?.efuseDigest ?? '',
  reason: ({ failure }) => failure?.reason ?? '',
  'can pass': ({ failure }) => (failure === undefined ? '' : failure.canPass ? 'yes' : 'no'),
  detail: ({ failure }) => failure?.detail ?? '',
} as const satisfies Readonly<Record<string, Cell>>;

/** The first line of a sheet. */
export const SHEET_HEADING: string = csvLine(Object.keys(COLUMNS));

/** A line of the sheet, with its end: it is written whole or not at all. */
export function sheetLine(entry: SheetEntry): string {
  return csvLine(Object.values(COLUMNS).map((cell: Cell) => cell(entry)));
}

/**
 * Reads a sheet, also one that a spreadsheet has saved again.
 *
 * @param path of the file, for the error
 * @throws `BATCH_SHEET_FOREIGN`, and as `csvRows`
 */
export function parseSheet(csv: Uint8Array, path: string): readonly SheetEntry[] {
  const [heading, ...rows] = csvRows(csv).map(({ cells }) => cells.map(plainCell));
  const names = Object.keys(COLUMNS);
  if (heading === undefined || names.some((name, at) => heading[at] !== name)) {
    throw batchError('BATCH_SHEET_FOREIGN', { path });
  }
  return rows.map((cells) => {
    const entry = entryOf(Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])));
    if (entry === undefined) throw batchError('BATCH_SHEET_FOREIGN', { path });
    return entry;
  });
}

function entryOf(row: Readonly<Record<string, string>>): SheetEntry | undefined {
  const text = (column: keyof typeof COLUMNS): string => row[column] ?? '';
  const outcome = OUTCOMES.find((known) => known === text('outcome'));
  if (outcome === undefined) return undefined;
  const failure = { reason: text('reason'), canPass: text('can pass') === 'yes', detail: text('detail') };
  const result = {
    chip: text('chip'),
    profile: text('profile'),
    registered: text('registered'),
    keyCount: Number(text('keys')),
    grade: text('audit'),
    efuseDigest: text('efuse sha256'),
    durationMs: Math.round(Number(text('seconds')) * 1_000),
  };
  return {
    timeMs: Date.parse(text('time')),
    outcome,
    device: text('device'),
    mac: text('mac'),
    port: text('port'),
    failure: failure.reason === '' ? undefined : failure,
    result: outcome === 'done' ? result : undefined,
  };
}

/** The server is away, the cable is out, or a person has stopped the run. */
const PASSING: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ABORTED', 'CANCELLED']);
/** A bad cable: their status says that data were lost. */
const CABLE: ReadonlySet<string> = new Set(['LOADER_GARBLED', 'KEY_INSTALL_ANSWER_WRONG']);

/** Why a unit failed, for the sheet. Errors of this program hold no secrets; of others only the name is written. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof MkiotError)) {
    const detail = `The station itself failed (${error instanceof Error ? error.name : typeof error}).`;
    return { reason: 'UNEXPECTED', canPass: false, detail };
  }
  const canPass = PASSING.has(error.status) || CABLE.has(error.code);
  return { reason: error.code, canPass, detail: error.message };
}

/** What the sheet has of a result. */
export function sheetResult({ chip, efuseDigest, durationMs, profile, device, audits }: UnitResult): SheetResult {
  return {
    chip,
    efuseDigest,
    durationMs,
    profile: profile ?? '',
    registered: device?.registered ?? '',
    keyCount: device?.publicKeys.length ?? 0,
    grade: audits.after.grade,
  };
}
