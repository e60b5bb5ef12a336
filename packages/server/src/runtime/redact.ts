import { MkiotError } from '@mkiot/core/errors/mkiotError';

const SECRET_NAME = /(token|password|secret|authorization|cookie|key|pem|jwt)s?$/i;
const DEEPEST = 6;

/**
 * `value` as it may stand in the log: whatever has the name of a secret is left out, unless it is a number or a switch;
 * bytes become their count; an error becomes its code, sentence and causes, with its stack where the fault is ours.
 */
export function redact(value: unknown, depth: number = 0): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON(), depth + 1);
  if (depth >= DEEPEST) return '(more)';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) && isTelling(member) ? '(redacted)' : redact(member, depth + 1),
    ]),
  );
}

function isTelling(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function describeError(error: Error, depth: number): unknown {
  const { code } = error as { code?: unknown };
  const isOurFault = !(error instanceof MkiotError) || error.blame === 'us';
  return {
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message,
    ...(error.cause === undefined ? {} : { cause: depth >= DEEPEST ? '(more)' : redact(error.cause, depth + 1) }),
    ...(isOurFault && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}
