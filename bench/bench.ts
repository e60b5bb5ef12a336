// `npm run bench`: measures; see `usage`. What it starts it also ends, on Ctrl-C too.
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { parseArgs } from 'node:util';
import { benchError } from './benchErrors.ts';
import { runBridgeBench } from './bridge/bridgeBench.ts';
import { CASES } from './bridge/cases.ts';
import { bun, NODE, type Runtime } from './servers/mkiot.ts';
import { runBoardBench } from './board/boardBench.ts';
import { runAuditBench } from './esp32/auditBench.ts';
import { runFlashCipherBench } from './esp32/flashCipherBench.ts';
import { runStationBench } from './station/stationBench.ts';

const usage = `npm run bench -- bridge [--quick] [--case NAME]… [--peers | --workers N] [--runtime NAME]… [--node-flag FLAG]…
npm run bench -- esp32
npm run bench -- board
npm run bench -- station

  esp32             flash encryption and the audit of flash dumps, in Node and in a page of Chromium, in about two minutes
  board             virtual boards: a first boot with encryption, and the memory of many, in about ten seconds
  station           the station's serial client beside esptool-js, in about two minutes
  bridge            the whole product beside Debian's mosquitto, in about seven minutes; keeps its table in bench/results
  --quick           one short round, in about 90 seconds; prints its table only
  --case NAME       only this one of ${CASES.map(({ name }) => name).join(', ')}; prints its table only
  --peers           beside NATS, RabbitMQ, aedes and mosquitto with a subscriber that stores, too; with --quick in
                    about five minutes
  --workers N       MkIoT with so many bridge workers beside MkIoT with one; prints its table only
  --runtime NAME    what MkIoT runs on: node, bun, or both in the same round; without node it prints its table only
  --node-flag FLAG  starts MkIoT's Node with this flag, --cpu-prof for example; prints its table only`;

const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

try {
  await run();
} catch (error) {
  if (interruption.signal.aborted) {
    console.error('Stopped.');
    process.exitCode = EXIT.interrupted;
  } else if (error instanceof MkiotError) {
    console.error(error.message);
    process.exitCode = error.blame === 'caller' ? EXIT.usage : EXIT.failed;
  } else {
    throw error;
  }
}

async function run(): Promise<void> {
  const { values, positionals } = parseArguments();
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const [subject, ...more] = positionals;
  if (subject === 'esp32' && more.length === 0 && Object.keys(values).length === 0) {
    await runFlashCipherBench((line) => console.log(line));
    console.log('');
    await runAuditBench((line) => console.log(line));
    return;
  }
  if (subject === 'board' && more.length === 0 && Object.keys(values).length === 0) {
    await runBoardBench((line) => console.log(line));
    return;
  }
  if (subject === 'station' && more.length === 0 && Object.keys(values).length === 0) {
    await runStationBench((line) => console.log(line));
    return;
  }
  if (subject !== 'bridge' || more.length > 0) throw benchError('BENCH_USAGE', { message: usage });
  for (const name of values.case ?? []) {
    if (!CASES.some((benchCase) => benchCase.name === name)) throw benchError('BENCH_USAGE', { message: usage });
  }
  const workers = Number(values.workers ?? 1);
  const isWithPeers = values.peers === true && values.workers !== undefined;
  if (!(Number.isInteger(workers) && workers >= 1) || isWithPeers) throw benchError('BENCH_USAGE', { message: usage });
  await runBridgeBench({
    length: values.quick === true ? 'quick' : 'whole',
    cases: values.case,
    nodeFlags: values['node-flag'] ?? [],
    peers: values.peers === true,
    workers,
    runtimes: runtimesOf(values.runtime ?? ['node']),
    signal: interruption.signal,
    print: (line) => console.log(line),
    progress: (line) => console.error(line),
  });
}

function runtimesOf(names: readonly string[]): readonly Runtime[] {
  if (names.some((name) => !['node', 'bun', 'both'].includes(name)))
    throw benchError('BENCH_USAGE', { message: usage });
  const isWanted = (runtime: string): boolean => names.includes(runtime) || names.includes('both');
  return [...(isWanted('node') ? [NODE] : []), ...(isWanted('bun') ? [bun()] : [])];
}

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        case: { type: 'string', multiple: true },
        peers: { type: 'boolean' },
        runtime: { type: 'string', multiple: true },
        workers: { type: 'string' },
        'node-flag': { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw benchError('BENCH_USAGE', { message: `${(error as Error).message}\n\n${usage}` }, error);
  }
}
