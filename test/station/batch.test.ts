import { ChipSerialPort } from '@mkiot/board/chip/serial/chipSerialPort';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import type { BatchRow } from '@mkiot/esp32/station/batch/batchRow';
import { type BoardFeed, boardsAsTheyCome, boardsOnKey, type Place } from '@mkiot/esp32/station/batch/boardFeed';
import { BurnConsent } from '@mkiot/esp32/station/batch/burnConsent';
import { parseSheet, type SheetEntry, SHEET_HEADING, sheetLine } from '@mkiot/esp32/station/batch/resultSheet';
import { RowAssignment } from '@mkiot/esp32/station/batch/rowAssignment';
import { type BatchEvent, type BatchUnit, runBatch } from '@mkiot/esp32/station/batch/runBatch';
import type { Job } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { Registration } from '@mkiot/esp32/station/registration';
import { BRIDGE_ID } from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';
import { generateSigningKeyPem, nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { type BenchOptions, StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf } from './stationJob.ts';

const CA_PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const station = { id: '0123456789abcdef', key: nodeSigningKey(createPrivateKey(generateSigningKeyPem())) };

/** A port into which boards are put, one after the other. */
class BenchPlace implements Place {
  readonly name: string;
  readonly boards: StationBench[];
  board: StationBench | undefined;

  constructor(name: string, boards: readonly StationBench[]) {
    this.name = name;
    this.boards = [...boards];
  }

  /** Takes the board away and puts the next one in. */
  async change(): Promise<boolean> {
    this.board = this.boards.shift();
    if (this.board?.chip.isOn === false) this.board.chip.powerOn();
    return this.board !== undefined;
  }

  async open(): Promise<ChipSerialPort & AsyncDisposable> {
    assert.ok(this.board);
    const port = new ChipSerialPort(this.board.chip);
    return Object.defineProperty(port, Symbol.asyncDispose, { value: async () => port.close() }) as never;
  }
}

/** A factory with its sheet and its book, which outlive a run. */
class Factory {
  readonly clock = new VirtualClock();
  readonly book = memoryUnitBook();
  readonly rows: readonly BatchRow[];
  readonly asked: string[] = [];
  sheet = SHEET_HEADING;
  answer: string | undefined;

  constructor(rows: number) {
    this.rows = Array.from({ length: rows }, (_, at) => ({
      device: `pump-${at + 1}`,
      mac: undefined,
      keyCount: undefined,
      nvs: [],
      secureCert: [],
    }));
  }

  board(number: number, more: BenchOptions = {}): StationBench {
    const mac = Uint8Array.of(0x24, 0x0a, 0xc4, 0, 0, number);
    return new StationBench('esp32s3', { clock: this.clock, firmwares: FIRMWARES, mac, ...more });
  }

  get history(): readonly SheetEntry[] {
    return parseSheet(utf8Encode(this.sheet), 'sheet.csv');
  }

  /** The last line of each device that has a board: its outcome and the end of its board's address. */
  get state(): Readonly<Record<string, string>> {
    const last = Object.fromEntries(this.history.map((entry) => [entry.device, entry]));
    const held = Object.entries(last).filter(([, { outcome }]) => outcome !== 'refused');
    return Object.fromEntries(held.map(([device, { outcome, mac }]) => [device, `${outcome} ${mac.slice(-2)}`]));
  }

  async run(
    places: readonly Place[],
    profile: ProfileName | undefined,
    { feed, stop = new AbortController().signal }: { readonly feed?: BoardFeed; readonly stop?: AbortSignal } = {},
  ): Promise<readonly BatchEvent[]> {
    const job = await jobFor('esp32s3', profile);
    const events: BatchEvent[] = [];
    const assignment = new RowAssignment(this.rows, this.history, false);
    const consent = new BurnConsent({
      ask: async (_plan, words) => {
        this.asked.push(words);
        return this.answer;
      },
    });
    const onKey = boardsOnKey((place) => (place as BenchPlace).change(), { clock: this.clock, onProgress: () => {} });
    const whole = runBatch(places, assignment, {
      clock: this.clock,
      feed: feed ?? onKey,
      consent,
      provision: (unit) => this.#provision(job, unit),
      keep: async (entry) => void (this.sheet += sheetLine(entry)),
      tell: (event) => void events.push(event),
      stop,
    });
    await new StationBench('esp32s3', { clock: this.clock }).inTime(whole);
    return events;
  }

  #provision(job: Job, { row, mac, board, confirm, onProgress }: BatchUnit) {
    const registration: Registration = {
      deviceName: () => deviceName(row?.device ?? 'none'),
      platform: { host: 'iot.example', port: 8883, caPem: CA_PEM, bridgeId: BRIDGE_ID },
      keyCount: 1,
      keysMadeBy: 'device',
      keyExpiriesMs: [],
      station,
    };
    const { clock, book } = this;
    const bench = { port: board.serial, clock } as unknown as StationBench;
    return provisionUnit({ ...job, mac, registration }, portsOf(bench, { book, confirm, onProgress }));
  }
}

const refusals = (events: readonly BatchEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'refused' ? [(event.error as { code?: string }).code ?? String(event.error)] : [],
  );

test('eight boards at four ports become the devices of a job, in which one board is refused and one loses its power', async () => {
  const factory = new Factory(20);
  let cuts = 1;
  const cutOnce = { flash: { cutDuring: () => (cuts-- === 1 ? 0.5 : undefined), damage: () => {} } };
  const boards = [1, 2, 3, 4, 5, 6, 7, 8].map((number) =>
    factory.board(number, {
      ...(number === 3 && { faults: cutOnce }),
      ...(number === 6 && { burned: { BLOCK_KEY2: Uint8Array.of(1, 2, 3) } }),
    }),
  );
  const places = [0, 1, 2, 3].map((at) => new BenchPlace(`port ${at}`, [boards[at]!, boards[at + 4]!]));
  await factory.run(places, undefined);

  const first = factory.state;
  const outcomes = Object.values(first).toSorted();
  assert.deepEqual(
    outcomes,
    ['done 01', 'done 02', 'done 04', 'done 05', 'done 07', 'done 08', 'failed 03'].toSorted(),
  );
  const { failure } = factory.history.find(({ outcome }) => outcome === 'failed')!;
  assert.deepEqual([failure?.reason, failure?.canPass], ['LOADER_SILENT', true]);
  const refused = factory.history.filter(({ outcome }) => outcome === 'refused');
  assert.deepEqual(
    refused.map(({ mac, failure }) => [mac.slice(-2), failure?.reason]),
    [['06', 'UNIT_NOT_BLANK']],
  );

  // The station crashed before it had written the last line, and all boards come back to other ports.
  factory.sheet = factory.sheet.slice(0, factory.sheet.trimEnd().lastIndexOf('\n') + 1);
  const again = [
    new BenchPlace('port 0', [boards[2]!, boards[7]!]),
    new BenchPlace('port 1', [boards[6]!, boards[0]!]),
  ];
  const events = await factory.run(again, undefined);
  assert.deepEqual(
    factory.state,
    Object.fromEntries(Object.entries(first).map(([device, it]) => [device, it.replace('failed', 'done')])),
  );
  assert.ok(refusals(events).every((code) => code === 'BATCH_UNIT_DONE') && refusals(events).length >= 2);
  for (const { chip } of boards) await chip.powerOff();
});

test('burns are confirmed once for a batch, and for a used board by its own MAC address', async () => {
  const factory = new Factory(3);
  const boards = [factory.board(1), factory.board(2)];
  factory.answer = 'burn';
  await factory.run([new BenchPlace('port 0', [boards[0]!])], 'development');
  assert.deepEqual([factory.asked.splice(0), factory.state['pump-1']], [['BURN 3'], undefined]);
  factory.answer = 'BURN 3';
  await factory.run([new BenchPlace('port 0', [boards[0]!]), new BenchPlace('port 1', [boards[1]!])], 'development');
  assert.deepEqual(factory.asked, ['BURN 3']);
  assert.deepEqual(Object.values(factory.state).toSorted(), ['done 01', 'done 02']);
  for (const { chip } of boards) await chip.powerOff();
});

test('without keys to press a board is begun with when it answers, once, until another one is there', async () => {
  const factory = new Factory(2);
  const boards = [factory.board(1), factory.board(2)];
  const place = new BenchPlace('port 0', boards);
  await place.change();
  const looked: (string | undefined)[] = [];
  const feed = boardsAsTheyCome(factory.clock);
  const stop = new AbortController();
  const counting: BoardFeed = {
    async next(at, last, signal) {
      looked.push(last);
      // A minute after the first board was done somebody changes it.
      if (last !== undefined) factory.clock.setTimer(60_000, () => void place.change());
      return feed.next(at, last, signal);
    },
  };
  await factory.run([place], undefined, { feed: counting, stop: stop.signal });
  assert.deepEqual(factory.state, { 'pump-1': 'done 01', 'pump-2': 'done 02' });
  assert.deepEqual(looked, [undefined, '24:0a:c4:00:00:01']);
  assert.equal(factory.history.filter(({ outcome }) => outcome === 'begun').length, 2);
  for (const { chip } of boards) await chip.powerOff();
});
