import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TerminalOutput } from '../../../ports.ts';
import { type Audience, UnitProgress } from './unitProgress.ts';

/** A terminal, or a pipe, and what was written to it. */
function display(audience: Audience, isTerminal = false) {
  const clock = new VirtualClock();
  const written = { output: '', errorOutput: '' };
  const stream = (name: keyof typeof written): TerminalOutput => ({
    isTerminal,
    columns: 80,
    write: async (text) => void (written[name] += text),
  });
  const ports = { output: stream('output'), errorOutput: stream('errorOutput'), clock };
  return { clock, written, progress: new UnitProgress(ports, audience) };
}

const flash = (done: number) => ({ type: 'progress', step: 'flash', done, total: 100 }) as const;

test('a bar is drawn again ten times a second at most, says what is left, and gives way to the next line', async () => {
  const { clock, written, progress } = display('person', true);
  progress.take(flash(1));
  clock.advance(99);
  progress.take(flash(2));
  clock.advance(1_901);
  progress.take(flash(20));
  progress.take({ type: 'step', step: 'run', detail: 'Starting the firmware', atMs: 2_000 });
  await progress.settled();
  const [, first = '', second = '', rest = ''] = written.output.split('\r\u001b[2K');
  assert.match(first, / flash +░+ +1 %$/);
  assert.match(second, / flash +█{4}░{20} +20 % +8 s left$/);
  assert.equal(rest, '     2.0 s  run       Starting the firmware\n');
});

test('where there is no terminal, nothing moves', async () => {
  const { written, progress } = display('person');
  progress.take(flash(50));
  progress.note('A line.');
  await progress.settled();
  assert.equal(written.output, 'A line.\n');
});

test('a person is told which buttons to press', async () => {
  const { written, progress } = display('person');
  progress.take({ type: 'press', button: 'boot and reset' });
  await progress.settled();
  assert.match(written.output, /press +Hold the boot button/);
});

test('what a unit has said cannot act on the terminal', async () => {
  const { written, progress } = display('person', true);
  progress.take({ type: 'step', step: 'run', detail: 'it says \u001b[2J', atMs: 0 });
  await progress.settled();
  assert.match(written.output, /it says \\x1b\[2J\n$/);
});

test('a program has an event a line, and who wants quiet has none', async () => {
  const program = display('program');
  program.progress.take({ type: 'step', step: 'flash', detail: 'All of it', atMs: 12.6 });
  program.progress.take(flash(100));
  program.progress.note('A line.');
  await program.progress.settled();
  assert.deepEqual(program.written, {
    output: '',
    errorOutput:
      '{"event":"step","step":"flash","detail":"All of it","atMs":13}\n' +
      '{"event":"progress","step":"flash","done":100,"total":100}\n' +
      '{"event":"note","line":"A line."}\n',
  });
  const quiet = display('nobody', true);
  quiet.progress.take(flash(100));
  quiet.progress.note('A line.');
  await quiet.progress.settled();
  assert.deepEqual(quiet.written, { output: '', errorOutput: '' });
});
