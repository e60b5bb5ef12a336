import { type ConfigEntry, parseManufacturingConfig } from '@mkiot/esp32/station/batch/job/manufacturingConfig';
import { type JobTable, parseJobTable } from '@mkiot/esp32/station/batch/job/jobTable';
import { parseBatchRows } from '@mkiot/esp32/station/batch/job/parseBatchRows';
import type { BatchRow } from '@mkiot/esp32/station/batch/batchRow';
import { dirname, resolve } from 'node:path';
import { readNamedFile } from '../../../namedFile.ts';
import type { BatchOptions } from './batchOptions.ts';

/** @throws `FILE_NOT_READ`, and as `parseJobTable` */
export async function readJob(path: string): Promise<JobTable> {
  return parseJobTable(await readNamedFile(path), path);
}

/**
 * The units of a job. Files that its cells name lie beside it, and files that those name beside them.
 *
 * @throws `FILE_NOT_READ`, and as `parseBatchRows`
 */
export async function readRows(
  { rows }: JobTable,
  path: string,
  { device, manufacturingConfig: config }: Pick<BatchOptions, 'device' | 'manufacturingConfig'>,
): Promise<readonly BatchRow[]> {
  const folder = dirname(path);
  return parseBatchRows(rows, {
    source: path,
    device,
    config: config === undefined ? undefined : await readConfig(config),
    files: {
      read: (named) => readNamedFile(resolve(folder, named)),
      readBeside: (named, beside) => readNamedFile(resolve(folder, dirname(beside), named)),
    },
  });
}

async function readConfig(path: string): Promise<readonly ConfigEntry[]> {
  return parseManufacturingConfig(await readNamedFile(path), path);
}
