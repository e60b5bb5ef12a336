import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { cpus, loadavg } from 'node:os';
import { commitOfCheckout } from '../machine.ts';
import { markdownTable } from '../markdownTable.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { ESPTOOL_JS, measureFlashing, OURS, type Taken } from './flashing.ts';

const BYTES = 0x40000;
const ROUNDS = 9;
/** What is found at once is not measured: compilers have to warm up. */
const WARM_UPS = 2;

const IMAGES = [
  { title: 'random, as encrypted firmware is', image: seededRandom(5)(new Uint8Array(BYTES)) },
  { title: 'compressible to a quarter', image: compressible() },
] as const;

/** Measures the station's serial client beside esptool-js, which takes turns with it on chips of the same kind. */
export async function runStationBench(print: (line: string) => void): Promise<void> {
  print(`# An image of 256 KiB into a virtual chip, commit ${commitOfCheckout()}`);
  print('');
  const load = (loadavg()[0] ?? 0).toFixed(1);
  print(`${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; load average before ${load}.`);
  print(
    `From the first reset to the digest, in milliseconds: median of ${ROUNDS} rounds, with the least and the greatest.`,
  );
  print('Line and flash take no time; pauses for resets do. The chip runs in the same process.');
  print('');
  const rows: string[][] = [];
  for (const chip of ['esp32', 'esp32s3', 'esp32c3'] as const) {
    for (const { title, image } of IMAGES) {
      const rounds: (readonly [ours: Taken, theirs: Taken])[] = [];
      await withoutConsole(async () => {
        for (let round = 0; round < WARM_UPS + ROUNDS; round++) {
          const ours = await measureFlashing(OURS, chip, image);
          const theirs = await measureFlashing(ESPTOOL_JS, chip, image);
          if (round >= WARM_UPS) rounds.push([ours, theirs]);
        }
      });
      rows.push([`${chip}, ${title}`, ...cells(rounds)]);
    }
  }
  const head = ['', OURS.name, ESPTOOL_JS.name, 'ratio of wall clock', 'ratio of CPU time', 'wanted'];
  for (const line of markdownTable(head, rows)) print(line);
}

function cells(rounds: readonly (readonly [ours: Taken, theirs: Taken])[]): readonly string[] {
  const ratio = spreadOf(rounds.map(([ours, theirs]) => ours.wallMs / theirs.wallMs));
  return [
    formatSpread(spreadOf(rounds.map(([{ wallMs }]) => wallMs)), 0),
    formatSpread(spreadOf(rounds.map(([, { wallMs }]) => wallMs)), 0),
    formatSpread(ratio, 2),
    formatSpread(spreadOf(rounds.map(([ours, theirs]) => ours.cpuMs / theirs.cpuMs)), 2),
    `at most 1: ${ratio.median <= 1 ? 'met' : 'missed'}`,
  ];
}

/** esptool-js writes to the console whatever goes over the line. */
async function withoutConsole(work: () => Promise<void>): Promise<void> {
  const { log, debug } = console;
  console.log = console.debug = () => {};
  try {
    await work();
  } finally {
    console.log = log;
    console.debug = debug;
  }
}

/** Each byte of noise stands four times. */
function compressible(): Uint8Array<ArrayBuffer> {
  const noise = seededRandom(6)(new Uint8Array(BYTES / 4));
  return Uint8Array.from({ length: BYTES }, (_, at) => noise[at >> 2] as number);
}
