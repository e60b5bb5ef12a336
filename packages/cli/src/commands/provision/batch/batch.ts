import { foreignKeys, unitJob } from '@mkiot/esp32/station/batch/unitJob';
import type { BatchRow } from '@mkiot/esp32/station/batch/batchRow';
import { RowAssignment } from '@mkiot/esp32/station/batch/rowAssignment';
import { lockFile } from '@mkiot/server/runtime/fileLock';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { usageError } from '../../../usageErrors.ts';
import { readUnitWork } from '../unitOptions.ts';
import { batchCommandError } from './batchErrors.ts';
import { addBatchOptions, type BatchOptions } from './batchOptions.ts';
import { statisticsLines } from './batchTelling.ts';
import { applyJobOptions } from './jobOptions.ts';
import { readJob, readRows } from './readJob.ts';
import { runBench } from './runBench.ts';
import { SheetFile } from './sheetFile.ts';

export function addBatch(provision: Command, cli: Cli): void {
  const batch = addCommand(provision, 'batch', {
    summary: 'Take many boards through the same, at several ports at once',
    details:
      'The job is a CSV or JSON file with a row for each unit: its device id, the board that it is for, values of its own. Each ' +
      'board takes one row. What became of it is a line in the result sheet beside the job, NAME.results.csv, on disk before the ' +
      'next step. Repeated, the command skips what is done and goes on with what was cut. With --profile the plan is confirmed ' +
      'once for all units.',
    examples: [
      'mkiot provision batch pumps.csv --port /dev/ttyUSB0 --port /dev/ttyUSB1 --firmware build --station line-1.station.json',
      'mkiot provision batch values.csv --manufacturing-config config.csv --device pump-{id} --nvs-partition factory --port COM3 --firmware build',
    ],
  }).argument('<job>', 'CSV or JSON file of the units');
  addBatchOptions(batch).action((job: string, _options: unknown, command: Command) =>
    provisionBatch(job, command, cli),
  );
}

async function provisionBatch(path: string, command: Command, cli: Cli): Promise<void> {
  const job = await readJob(path);
  applyJobOptions(command, job.options, path);
  const options = command.opts<BatchOptions>();
  if (options.port === undefined) throw usageError('PORT_NOT_NAMED');
  if (options.auto !== true && !cli.ports.input.isTerminal) throw batchCommandError('BATCH_KEYS_MISSING');
  const name = path.replace(/\.(?:csv|json)$/i, '');
  const rows = await readRows(job, path, options);
  // Without a book a run that was cut could not go on.
  const work = await readUnitWork({ book: `${name}.units`, ...options }, cli.ports.clock);
  const common = { job: work.job, nvsPartition: options.nvsPartition };
  for (const row of rows) unitJob(common, row, row.mac);

  using lock = lockFile(`${path}.lock`);
  if (lock === undefined) throw batchCommandError('BATCH_LOCKED', { job: path });
  const sheet = await SheetFile.open(`${name}.results.csv`);
  const assignment = new RowAssignment(rows, sheet.history, options.retryFailed === true);
  for (const mac of options.giveUp ?? []) {
    const device = assignment.givenUp(mac);
    const entry = { timeMs: cli.ports.clock.now(), outcome: 'given up', device, mac, port: '' } as const;
    await sheet.keep(entry);
    assignment.note(entry, false);
  }
  await tellBefore(rows, assignment, sheet, cli);
  const statistics = await runBench({ options, work, common, assignment, sheet, ports: options.port }, cli);
  await cli.output.note(...statisticsLines(statistics));
  await cli.output.item({ statistics, open: assignment.open }, `The result sheet is ${sheet.path}.`);
  const { open } = assignment;
  if (open > 0) throw batchCommandError('BATCH_UNFINISHED', { open, units: rows.length, sheet: sheet.path });
}

async function tellBefore(
  rows: readonly BatchRow[],
  { open }: RowAssignment,
  sheet: SheetFile,
  cli: Cli,
): Promise<void> {
  const foreign = rows.filter((row) => foreignKeys(row) > 0).length;
  await cli.output.note(
    `${rows.length} units, ${open} of them to do. Result sheet: ${sheet.path}`,
    ...(foreign === 0
      ? []
      : [
          `${foreign} units get private keys that were made elsewhere: this station did not make them, and who made them may ` +
            'have kept them.',
        ]),
  );
}
