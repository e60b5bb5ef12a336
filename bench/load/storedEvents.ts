import { DatabaseSync } from 'node:sqlite';

/** How many rows the table `events` has; its integer key grows by one a row, so that none has to be counted. */
export function storedEvents(database: string): number {
  const opened = new DatabaseSync(database, { readOnly: true });
  try {
    return Number(opened.prepare('SELECT coalesce(max(id), 0) AS last FROM events').get()?.['last']);
  } finally {
    opened.close();
  }
}
