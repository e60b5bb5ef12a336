import { appendFile } from 'node:fs/promises';
import type { HeadPlace } from './headExport.ts';

/** A file that gets one line a head: time and head. It is made when it is not there, readable to its owner alone. */
export function headFile(file: string): HeadPlace {
  return ({ timeMs, head }) =>
    appendFile(file, `${new Date(timeMs).toISOString()} ${head}\n`, { mode: 0o600, flush: true });
}
