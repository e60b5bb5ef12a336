import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import type { Plan } from '@mkiot/esp32/plan/plan';
import { planLines } from '@mkiot/esp32/plan/planText';
import type { BatchStatistics } from '@mkiot/esp32/station/batch/batchStatistics';
import { boardsAsTheyCome, boardsOnKey, type Place } from '@mkiot/esp32/station/batch/boardFeed';
import { BurnConsent } from '@mkiot/esp32/station/batch/burnConsent';
import type { RowAssignment } from '@mkiot/esp32/station/batch/rowAssignment';
import { type BatchUnit, runBatch } from '@mkiot/esp32/station/batch/runBatch';
import { type CommonJob, unitJob } from '@mkiot/esp32/station/batch/unitJob';
import { labelContent } from '@mkiot/esp32/station/record/labelContent';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import type { Cli } from '../../../cli.ts';
import { typedToBurn } from '../confirmBurns.ts';
import { openPort } from '../port/openPort.ts';
import { writeUnitRecord } from '../record/unitRecordFile.ts';
import type { Registrar } from '../registration/registrar.ts';
import { type BenchPorts, benchPorts, registrarOf } from '../stationPorts.ts';
import type { UnitWork } from '../unitOptions.ts';
import type { BatchOptions, NamedPort } from './batchOptions.ts';
import { BatchTelling } from './batchTelling.ts';
import { BenchKeys } from './benchKeys.ts';
import type { SheetFile } from './sheetFile.ts';

/** All that a batch needs that is on this computer. */
export interface Bench {
  readonly options: BatchOptions;
  readonly ports: readonly NamedPort[];
  readonly work: UnitWork;
  readonly common: CommonJob;
  readonly assignment: RowAssignment;
  readonly sheet: SheetFile;
}

/** Runs a batch at the ports of this computer, and tells how it goes. @throws as `runBatch` */
export async function runBench(bench: Bench, cli: Cli): Promise<BatchStatistics> {
  const { options, work, assignment, sheet } = bench;
  const { clock, signal, input } = cli.ports;
  const places = bench.ports.map(({ name, place }): Place => ({ name, open: () => openPort(place) }));
  const telling = new BatchTelling(cli.output, places);
  using keys = options.auto === true ? undefined : new BenchKeys(input, places);
  const registrar = registrarOf(work, cli, (line) => telling.note(line));
  await registrar?.sendWaiting();
  const station = benchPorts(work, cli);
  const onStop = (): void => telling.note('Stopping: each board before its next step. Ctrl-C once more stops at once.');
  signal.addEventListener('abort', onStop, { once: true });
  try {
    return await runBatch(places, assignment, {
      clock,
      stop: signal,
      feed:
        keys === undefined
          ? boardsAsTheyCome(clock)
          : boardsOnKey(
              (place, stop) => {
                telling.waiting(place);
                return keys.pressed(place, stop);
              },
              {
                clock,
                onProgress: () => telling.note('Hold the boot button of the board down, press reset, then let go.'),
              },
            ),
      consent: new BurnConsent({ ask: (...question) => askToBurn(question, { options, keys, telling }, cli) }),
      provision: (unit) => provisionOne(unit, { bench, station, registrar }, () => clock.now()),
      keep: (entry) => sheet.keep(entry),
      tell: (event) => telling.take(event),
    });
  } finally {
    signal.removeEventListener('abort', onStop);
    await telling.settled();
  }
}

interface Station {
  readonly bench: Bench;
  readonly station: BenchPorts;
  readonly registrar: Registrar | undefined;
}

async function provisionOne(
  unit: BatchUnit,
  { bench, station, registrar }: Station,
  now: () => number,
): Promise<UnitResult> {
  const { row, mac, board, confirm, onProgress } = unit;
  const { common, options } = bench;
  const job = row === undefined ? { ...common.job, mac } : unitJob(common, row, mac);
  let revision: number | undefined;
  const result = await provisionUnit(job, {
    ...station,
    serial: board.serial,
    confirm,
    async register(record) {
      if (registrar === undefined) throw new TypeError('no registration was asked for');
      return registrar.register(record);
    },
    onProgress(event) {
      if (event.type === 'unit') revision = revisionOf(event.unit.efuses);
      onProgress(event);
    },
  });
  if (options.record !== undefined) {
    const content = labelContent(result, options.labelUrl);
    await writeUnitRecord(options.record, { result, firmware: job.firmware, revision, endedMs: now(), content });
  }
  return result;
}

interface Asking {
  readonly options: BatchOptions;
  readonly keys: BenchKeys | undefined;
  readonly telling: BatchTelling;
}

/**
 * @returns what was typed, now or on the command line; undefined where nobody can be asked
 * @throws `UNIT_STOPPED` for Ctrl-C
 */
async function askToBurn(
  [plan, words, about]: readonly [plan: Plan, words: string, about: string],
  { options: { yes }, keys, telling }: Asking,
  cli: Cli,
): Promise<string | undefined> {
  // What was said before is said for all units, not for a single one that differs.
  if (yes !== undefined && words.startsWith('BURN')) return yes;
  if (!cli.ports.input.isTerminal) return undefined;
  for (const line of ['', `${about}:`, '', ...planLines(plan)]) telling.note(line);
  await telling.settled();
  return typedToBurn(words, keys ?? cli.ports.input, cli.ports.signal);
}
