// `npm run fuzz`: feeds spoilt packets to the MQTT parser and to a whole bridge; see `usage`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzzMqtt } from './mqttFuzz.ts';

const usage = `npm run fuzz -- mqtt [--minutes N] [--seed N] [--replay FILE]

  --minutes N    how long (1)
  --seed N       whole number; the same seed gives the same cases, in the same order (1)
  --replay FILE  runs one case that was saved, alone

It watches for crashes, hangs, growth of the memory and of open connections, and for harm to a client that does nothing
wrong. Exit code 0: none. 1: there is a finding; its case is saved in .cache/fuzz.`;

const FOLDER = '.cache/fuzz';

const options = readOptions();
const finding = await fuzzMqtt({ ...options, report: (counts) => console.log(JSON.stringify(counts)) });
if (finding === undefined) {
  console.log('no finding');
} else {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/mqtt-${options.seed}-${Date.now()}.json`;
  writeFileSync(file, finding.input);
  console.log(`${finding.what}\n\nnpm run fuzz -- mqtt --replay ${file}`);
}
process.exit(finding === undefined ? 0 : 1);

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: '1' },
        replay: { type: 'string' },
      },
    });
    if (positionals.length !== 1 || positionals[0] !== 'mqtt') throw new Error('What is fuzzed has to be named: mqtt.');
    return {
      seed: number('seed', values.seed, Number.isSafeInteger),
      milliseconds: number('minutes', values.minutes, (minutes) => minutes > 0) * 60_000,
      ...(values.replay === undefined ? {} : { saved: readFileSync(values.replay, 'utf8') }),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

function number(name: string, text: string, isGood: (value: number) => boolean): number {
  const value = Number(text);
  if (!isGood(value)) throw new Error(`--${name} ${text} is out of range.`);
  return value;
}
