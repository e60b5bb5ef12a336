// `npm run herd`: restarts the platform under thousands of connected devices; see `usage`.
import type { MqttVersion } from '@mkiot/board/device/connection/mqttVersion';
import { parseArgs } from 'node:util';
import { type Restart, runHerd } from './herdRun.ts';

const usage = `npm run herd -- [--devices N] [--mqtt-version 5|3.1.1] [--signal SIGTERM|SIGKILL]…

  --devices N       how many (10000); this shell has to allow the platform a file for each: ulimit -n
  --mqtt-version V  what they speak (5): over 5 a platform that stops tells each when to come back
  --signal NAME     how the platform ends; a restart for each (SIGTERM, then SIGKILL)

Exit code 0: after each restart all were back within 60 seconds, no login was refused, and the platform took at most twice
the memory that it had before. 1: otherwise.`;

const LONGEST_SECONDS = 60;
const MOST_MEMORY = 2;

const options = readOptions();
const restarts = await runHerd({ ...options, report: (line) => console.error(line) });
console.log(JSON.stringify(restarts, undefined, 2));
process.exit(restarts.every(isGood) ? 0 : 1);

function isGood({ seconds, refused, sessions, mebibytes }: Restart): boolean {
  const isBounded = mebibytes.peak <= MOST_MEMORY * mebibytes.before;
  return seconds < LONGEST_SECONDS && refused === 0 && sessions === options.devices && isBounded;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        devices: { type: 'string', default: '10000' },
        'mqtt-version': { type: 'string', default: '5' },
        signal: { type: 'string', multiple: true, default: ['SIGTERM', 'SIGKILL'] },
      },
    });
    const devices = Number(values.devices);
    if (!Number.isSafeInteger(devices) || devices < 1)
      throw new Error(`--devices ${values.devices} is no number of devices.`);
    return {
      devices,
      mqttVersion: oneOf<MqttVersion>('mqtt-version', values['mqtt-version'], ['5', '3.1.1']),
      signals: values.signal.map((signal) => oneOf('signal', signal, ['SIGTERM', 'SIGKILL'] as const)),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found === undefined) throw new Error(`--${name} ${text} is not possible: it is ${values.join(' or ')}.`);
  return found;
}
