import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundProcess } from './boundProcess.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'taskset is of Linux' };
const patient = new AbortController().signal;

function nodeRunning(program: string, signal: AbortSignal, input = ''): BoundProcess {
  return new BoundProcess(0, [process.execPath, '-e', program], signal, input);
}

test('a process reads its input on the core that it is bound to, and says what it has to say', onLinux, async () => {
  const status = "require('fs').readFileSync('/proc/self/status', 'utf8').match(/Cpus_allowed_list:.*/)[0]";
  await using bound = nodeRunning(
    `process.stdin.on('data', (text) => console.log(text + ${status}))`,
    patient,
    'hello ',
  );
  assert.equal(await bound.ended, 'exit code 0');
  assert.match(bound.output, /^hello Cpus_allowed_list:\s0\n$/);
});

test('what is waited for comes with the output, or not with the end', onLinux, async () => {
  await using bound = nodeRunning("console.log('ready'); setTimeout(() => process.exit(3), 10)", patient);
  assert.equal(await bound.says((output) => (output.includes('ready') ? 'yes' : undefined)), 'yes');
  assert.equal(await bound.says((output) => (output.includes('never') ? 'yes' : undefined)), undefined);
  assert.equal(await bound.ended, 'exit code 3');
});

test('an interruption ends the process, and after it none begins', onLinux, async () => {
  const interruption = new AbortController();
  await using bound = nodeRunning("console.log('ready'); setInterval(() => {}, 1000)", interruption.signal);
  await bound.says((output) => (output.includes('ready') ? true : undefined));
  interruption.abort();
  assert.equal(await bound.ended, 'SIGTERM');
  assert.throws(() => nodeRunning('', interruption.signal), { name: 'AbortError' });
});

test('a process that outlives its user is ended', onLinux, async () => {
  let pid = 0;
  {
    await using bound = nodeRunning("console.log('ready'); setInterval(() => {}, 1000)", patient);
    await bound.says((output) => (output.includes('ready') ? true : undefined));
    ({ pid } = bound);
  }
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});
