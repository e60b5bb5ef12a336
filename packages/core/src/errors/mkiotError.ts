import type { Status } from './status.ts';

/** Who can mend it: the `caller` of the function or API, the `peer` on the other end of a wire, or `us`. */
export type Blame = 'caller' | 'peer' | 'us';

/** What an error says beside its text: names, offsets, limits. Never a token, a key or a payload. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** One row of a package's error table. `message` names context values in braces: `device {device} is not connected`. */
export interface ErrorRow {
  readonly status: Status;
  readonly blame: Blame;
  readonly message: string;
}

/** An error with a stable `code` for programs, a sentence for people, and whose fault it is. */
export class MkiotError extends Error {
  override readonly name = 'MkiotError';
  readonly code: string;
  readonly status: Status;
  readonly blame: Blame;
  readonly context: ErrorContext;

  constructor(code: string, row: ErrorRow, context: ErrorContext = {}, cause?: unknown) {
    super(fillTemplate(row.message, context), cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = row.status;
    this.blame = row.blame;
    this.context = context;
  }
}

/** Makes the errors of one table: `throw pumpError('PUMP_DRY', { pump: 'p1' })`. */
export type ErrorFactory<Rows> = (code: keyof Rows & string, context?: ErrorContext, cause?: unknown) => MkiotError;

/**
 * Makes the error constructor of one error table. The keys of the table are the codes, written once.
 *
 * @example
 * const registryError = errorTable({
 *   DEVICE_NOT_FOUND: { status: 'NOT_FOUND', blame: 'caller', message: 'There is no device {device}.' },
 * });
 * throw registryError('DEVICE_NOT_FOUND', { device: 'pump-1' });
 */
export function errorTable<const Rows extends Readonly<Record<string, ErrorRow>>>(rows: Rows): ErrorFactory<Rows> {
  return (code, context, cause) => new MkiotError(code, rows[code] as ErrorRow, context, cause);
}

function fillTemplate(template: string, context: ErrorContext): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(context[name] ?? whole));
}
