import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { terminalInput, terminalOutput } from './terminal.ts';

/** A terminal: what is typed goes into `keys`, what is shown is collected. */
function terminal() {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const interruption = new AbortController();
  return { keys, screen, interruption, input: terminalInput(keys, screen, interruption) };
}

test('a question is shown, and what is typed is the answer', async () => {
  const { keys, screen, input } = terminal();
  assert.equal(input.isTerminal, true);
  const answer = input.ask('There is a fingerprint.\nIs it right? ');
  keys.write('yes \r');
  assert.equal(await answer, 'yes');
  screen.end();
  const shown = await text(screen);
  assert.match(shown, /^There is a fingerprint\.\n/);
  assert.ok(stripVTControlCharacters(shown).includes('Is it right? yes'));
});

test('a secret is not shown', async () => {
  const { keys, screen, input } = terminal();
  const answer = input.ask('API token: ', { secret: true });
  keys.write('mkiot_secret\r');
  assert.equal(await answer, 'mkiot_secret');
  screen.end();
  assert.equal(await text(screen), 'API token: \n');
});

test('Ctrl-C at a question interrupts the command', async () => {
  const { keys, interruption, input } = terminal();
  const answer = input.ask('Is it right? ');
  keys.write('\u0003');
  await assert.rejects(answer, { name: 'AbortError' });
  assert.equal(interruption.signal.aborted, true);
});

test('what is piped in is read to its end', async () => {
  const pipe = new PassThrough();
  pipe.end(Uint8Array.of(1, 0, 255));
  const input = terminalInput(pipe, new PassThrough(), new AbortController());
  assert.equal(input.isTerminal, false);
  assert.deepEqual(Uint8Array.from(await input.readAll()), Uint8Array.of(1, 0, 255));
});

test('a write resolves when the reader has taken it, and a reader that is gone is told', async () => {
  const pipe = new PassThrough({ highWaterMark: 1 });
  let gone = false;
  const output = terminalOutput(pipe, () => (gone = true));
  assert.deepEqual([output.isTerminal, output.columns], [false, 80]);
  let taken = false;
  const first = output
    .write('much more than one byte')
    .then(() => output.write('and more'))
    .then(() => (taken = true));
  assert.equal(taken, false);
  pipe.resume();
  await first;
  pipe.destroy(new Error('EPIPE'));
  await output.write('nobody reads this');
  assert.equal(gone, true);
});

test('single keys are heard until they are not listened to any more, and Ctrl-C among them interrupts', async () => {
  const { keys, interruption, input } = terminal();
  const heard: string[] = [];
  const listening = input.onKey((key) => heard.push(key));
  keys.write('1\r');
  keys.write('\u0003');
  await new Promise(setImmediate);
  assert.deepEqual([heard, interruption.signal.aborted], [['1', '\r'], true]);
  listening[Symbol.dispose]();
  keys.write('2');
  await new Promise(setImmediate);
  assert.equal(heard.length, 2);
});
