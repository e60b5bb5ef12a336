// The load, in a process of its own: a job as JSON on standard input, what was measured as JSON on standard output.
import { text } from 'node:stream/consumers';
import type { Job } from './job.ts';
import { runLoad } from './loads.ts';

try {
  const measurement = await runLoad(JSON.parse(await text(process.stdin)) as Job);
  // The connections end with the process.
  process.stdout.write(JSON.stringify(measurement), () => process.exit(0));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`, () => process.exit(1));
}
