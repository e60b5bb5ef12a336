import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import { COMMAND_NAMES, type CommandOutcome, runCommand } from './commands.ts';

/** Runs a command and says what it did. */
function run(text: string): { outcome: CommandOutcome; done: string[] } {
  const done: string[] = [];
  const outcome = runCommand(utf8Encode(text), {
    uptimeMs: () => 42,
    identify: (durationMs) => done.push(`identify ${durationMs}`),
    setInterval: (intervalMs) => done.push(`interval ${intervalMs}`),
    reboot: () => done.push('reboot'),
  });
  return { outcome, done };
}

const accepted: readonly (readonly [string, object, readonly string[]])[] = [
  ['{"command":"ping"}', { uptimeMs: 42 }, []],
  ['{"command":"identify"}', { durationMs: 10_000 }, ['identify 10000']],
  ['{"command":"identify","durationMs":500}', { durationMs: 500 }, ['identify 500']],
  ['{"command":"set-interval","intervalMs":250}', { intervalMs: 250 }, ['interval 250']],
  ['{"command":"reboot"}', {}, ['reboot']],
  ['ping', { uptimeMs: 42 }, []],
  ['identify', { durationMs: 10_000 }, ['identify 10000']],
];
for (const [text, result, done] of accepted) {
  test(`the command ${text} is done and answered`, () => {
    const { outcome, done: really } = run(text);
    assert.deepEqual([outcome.result, really], [result, done]);
  });
}

test('every command of the table is understood', () => {
  for (const command of COMMAND_NAMES) {
    const { result } = run(JSON.stringify({ command })).outcome;
    assert.ok(!(result instanceof MkiotError) || result.code === 'MEMBER_MISSING');
  }
});

const refused: readonly (readonly [string, string])[] = [
  ['', 'DOCUMENT_NOT_JSON'],
  ['Ping!', 'DOCUMENT_NOT_JSON'],
  ['explode', 'COMMAND_UNKNOWN'],
  ['"ping"', 'MEMBER_INVALID'],
  ['{}', 'MEMBER_MISSING'],
  ['{"command":7}', 'MEMBER_INVALID'],
  ['{"command":"explode"}', 'COMMAND_UNKNOWN'],
  ['{"command":"toString"}', 'COMMAND_UNKNOWN'],
  ['{"command":"__proto__"}', 'COMMAND_UNKNOWN'],
  ['{"command":"set-interval"}', 'MEMBER_MISSING'],
  ['{"command":"set-interval","intervalMs":1}', 'MEMBER_INVALID'],
  ['{"command":"reboot","when":"now"}', 'MEMBER_UNKNOWN'],
  ['{"command":"identify","durationMs":500,"colour":"red"}', 'MEMBER_UNKNOWN'],
];
for (const [text, code] of refused) {
  test(`the command ${JSON.stringify(text)} is refused with ${code} and does nothing`, () => {
    const { outcome, done } = run(text);
    assert.ok(outcome.result instanceof MkiotError);
    assert.deepEqual([outcome.result.code, done], [code, []]);
  });
}

test('the mark of the caller comes back, also with a refusal', () => {
  assert.equal(run('{"id":"a-1","command":"ping"}').outcome.id, 'a-1');
  assert.equal(run('{"id":"a-2","command":"explode"}').outcome.id, 'a-2');
});

test('an unknown command is answered with those that there are', () => {
  const { result } = run('{"command":"explode"}').outcome;
  assert.ok(result instanceof MkiotError);
  assert.match(result.message, /no command "explode".*ping, identify, set-interval, reboot.*\{"command":"ping"\}/);
});

test('no bytes whatever make a command throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      assert.ok(run(text).outcome.result !== undefined);
    }),
  );
});
