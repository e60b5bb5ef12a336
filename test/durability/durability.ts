// `npm run durability`: kills the platform under load until so many acknowledged events are checked; see `usage`.
import { parseArgs } from 'node:util';
import { runKillLoop } from './killLoop.ts';

const usage = `npm run durability -- [--events N] [--kills N] [--devices N] [--window N] [--payload BYTES]

  --events N       acknowledged events to check (1000000)
  --kills N        how often the platform is killed with SIGKILL on the way, about (100)
  --devices N      devices that publish at QoS 1 (8)
  --window N       events that a device has under way at once (200)
  --payload BYTES  size of an event (100)

Exit code 0: every acknowledged event is there, in order, and no copy that its device has not sent. 1: otherwise.`;

const SHOWN_VIOLATIONS = 20;

const options = readOptions();
const startedMs = performance.now();
const result = await runKillLoop({ ...options, report: (line) => console.error(line) });
const { violations, ...counts } = result;
console.log(JSON.stringify({ ...counts, seconds: Math.round((performance.now() - startedMs) / 1_000) }, undefined, 2));
for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) console.log(violation);
console.log(`${violations.length} violations`);
process.exit(violations.length === 0 && result.log.present >= options.events ? 0 : 1);

function readOptions() {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  try {
    const { values } = parseArgs({
      options: {
        events: text('1000000'),
        kills: text('100'),
        devices: text('8'),
        window: text('200'),
        payload: text('100'),
      },
    });
    return {
      events: wholeNumber('events', values.events),
      kills: wholeNumber('kills', values.kills),
      devices: wholeNumber('devices', values.devices),
      window: wholeNumber('window', values.window),
      payloadBytes: wholeNumber('payload', values.payload),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number above 0: ${text}`);
  return number;
}
