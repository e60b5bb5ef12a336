import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';

/** A signed record as a line of a station's queue. */
export function queueLine({ record, signature }: SignedUnitRecord): string {
  return JSON.stringify({ record, signature });
}

/** The record in a line of a queue; undefined: it is none, or cut. */
export function parseQueueLine(line: string): SignedUnitRecord | undefined {
  try {
    const { record, signature } = JSON.parse(line) as Partial<Record<string, unknown>>;
    return typeof record === 'string' && typeof signature === 'string' ? { record, signature } : undefined;
  } catch {
    return undefined;
  }
}
