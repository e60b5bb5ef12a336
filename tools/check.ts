// `npm run check`: everything that must hold before a change is good. The tests come last, so their summary ends it.
import { spawnSync } from 'node:child_process';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const STEPS: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'dead code', command: ['npm', 'run', '--silent', 'dead-code'] },
  { name: 'words', command: ['node', 'tools/check-words.ts'] },
  { name: 'tests', command: ['node', 'tools/test.ts', ...process.argv.slice(2)] },
];

const failed: string[] = [];
for (const { name, command } of STEPS) {
  if (name === 'tests') console.log(failed.length === 0 ? 'all good so far' : `FAILED so far: ${failed.join(', ')}`);
  console.log(`== ${name}: ${command.join(' ')}`);
  const startedMs = performance.now();
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (status !== 0) failed.push(name);
  if (name !== 'tests') {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${status === 0 ? 'good' : 'FAILED'} after ${seconds} s\n`);
  }
}
process.exit(failed.length === 0 ? 0 : 1);
