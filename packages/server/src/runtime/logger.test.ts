import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type LogSettings } from './logger.ts';

const pumpError = errorTable({
  PUMP_DRY: { status: 'UNAVAILABLE', blame: 'peer', message: 'Pump {pump} is dry.' },
});

function logTo(format: LogSettings['format'], isTTY: boolean = false, level: LogSettings['level'] = 'info') {
  const lines: string[] = [];
  const destination = { isTTY, write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ level, format }, new VirtualClock(), destination) };
}

test('an entry is one line of JSON with the clock’s time and the level’s name', () => {
  const { lines, logger } = logTo('json');
  logger.info({ device: 'pump-1' }, 'connected');
  logger.debug('left out');
  assert.deepEqual(lines, ['{"level":"info","time":"2026-01-01T00:00:00.000Z","device":"pump-1","msg":"connected"}\n']);
});

test('whatever has the name of a secret is left out: at any depth, in children, in lists', () => {
  const { lines, logger } = logTo('json');
  const secrets = {
    token: 'hunter2',
    apiToken: 'hunter2',
    password: 'hunter2',
    keys: ['hunter2'],
    privateKey: { d: 'hunter2' },
    setCookie: 'hunter2',
    headers: { Authorization: 'Bearer hunter2', list: [{ clientSecret: 'hunter2' }] },
    payload: new TextEncoder().encode('hunter2'),
    a: { b: { c: { d: { e: { f: { g: 'hunter2' } } } } } },
  };
  logger.info(secrets, 'login');
  logger.child({ pem: 'hunter2' }).child(secrets).warn('login');
  for (const line of lines) {
    assert.ok(!line.includes('hunter2'), line);
    assert.ok(line.includes('"payload":"(7 bytes)"') && line.includes('"token":"(redacted)"'), line);
  }
});

test('names that only sound like secrets stay: counts, ids, switches and paths', () => {
  const { lines, logger } = logTo('json');
  logger.info({ tokens: 3, key: 4711, keyFile: '/k.pem', tokenId: 'abc', hasPassword: true, monkey: 1 }, 'x');
  assert.match(lines[0]!, /"tokens":3,"key":4711,"keyFile":"\/k\.pem","tokenId":"abc","hasPassword":true,"monkey":1/);
});

test('an error is its code, its sentence and its causes; the stack comes with errors of ours only', () => {
  const { lines, logger } = logTo('json');
  logger.error({ err: pumpError('PUMP_DRY', { pump: 'p1' }, new Error('no water')) }, 'failed');
  const { err } = JSON.parse(lines[0]!) as { err: { cause: { stack: string }; stack?: string } };
  assert.match(err.cause.stack, /no water/);
  assert.deepEqual({ ...err, cause: 0 }, { code: 'PUMP_DRY', message: 'Pump p1 is dry.', cause: 0 });
});

test('an error given alone, or under any name, is described; members it carries are not', () => {
  const { lines, logger } = logTo('json');
  logger.error(Object.assign(new Error('broken pipe'), { code: 'EPIPE', config: 'hunter2' }));
  logger.warn({ failure: Object.assign(new Error('broken pipe'), { code: 'EPIPE', config: 'hunter2' }) }, 'x');
  for (const line of lines) {
    assert.match(line, /"code":"EPIPE","message":"broken pipe"/);
    assert.ok(!line.includes('hunter2'));
  }
});

test('dates and addresses are written as JSON writes them', () => {
  const { lines, logger } = logTo('json');
  logger.info({ at: new Date(0), url: new URL('https://a.example/') }, 'x');
  assert.match(lines[0]!, /"at":"1970-01-01T00:00:00\.000Z","url":"https:\/\/a\.example\/"/);
});

test('an error that is its own cause ends somewhere', () => {
  const { lines, logger } = logTo('json');
  const error = new Error('loop');
  error.cause = error;
  logger.error({ err: error }, 'x');
  assert.match(lines[0]!, /\(more\)/);
});

test('a terminal gets text, one line an entry, with the stack of an error of ours below', () => {
  const { lines, logger } = logTo('auto', true);
  logger.info({ device: 'pump-1', count: 3, reason: 'a b' }, 'device connected');
  logger.error({ err: new TypeError('no water') }, 'failed');
  assert.equal(lines[0], '2026-01-01 00:00:00.000 INFO  device connected device=pump-1 count=3 reason="a b"\n');
  assert.match(lines[1]!, /ERROR failed err=\{"message":"no water"\}\n +at .*logger\.test\.ts/);
});

test('anything else than a terminal gets JSON unless text is asked for', () => {
  const [auto, text] = [logTo('auto'), logTo('text')];
  auto.logger.info('x');
  text.logger.info('x');
  assert.match(auto.lines[0]!, /^\{/);
  assert.match(text.lines[0]!, /^2026-01-01 /);
});

test('text from a device can neither begin a line nor move the cursor', () => {
  const { lines, logger } = logTo('text');
  logger.info({ client: 'a\n2026 ERROR forged', other: '\u001b[2J\u009b' }, 'from \u001b]0;x\u0007 \r\n');
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  assert.equal(lines[0]!.match(/[\u0000-\u001f\u007f-\u009f]/g)?.join(), '\n');
});
