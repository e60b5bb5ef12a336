import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedMessage, Subscription } from '@mkiot/core/api/resources';
import { runCli } from '../../cli.testing.ts';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';

/** Runs boards until `ended` is aborted; resolves when they are off. */
function runBoards({ dataFolder, outside }: TestPlatform, ended: AbortSignal, ...words: readonly string[]) {
  const folder = ['--folder', `${outside}/boards`];
  return runCli(['board', 'run', ...words, ...folder, '--json', '--data', dataFolder], { signal: ended });
}

test('a tail shows what boards send from now on, until it is interrupted', async () => {
  await using it = await startTestPlatform();
  const end = new AbortController();
  const boards = runBoards(it, end.signal, 'pump', '--count', '2');
  const enough = new AbortController();
  const tail = await runCli(['events', 'tail', '--device', 'pump-2', '--data', it.dataFolder], {
    signal: enough.signal,
    onOutput: (stdout) => {
      if (stdout.includes('events/sensors')) enough.abort();
    },
  });
  end.abort();
  assert.equal(tail.exitCode, 0, tail.stderr);
  for (const line of tail.stdout.trimEnd().split('\n')) {
    assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z pump-2 events\/(sensors|position|heartbeat) \{.*\}$/);
  }
  assert.equal((await boards).exitCode, 0);
});

test('a tail whose server stops ends with exit code 1 and says why', async () => {
  await using it = await startTestPlatform();
  const end = new AbortController();
  const boards = runBoards(it, end.signal, 'pump-1');
  let closed = Promise.resolve();
  const tail = await runCli(['events', 'tail', '--data', it.dataFolder], {
    onOutput: () => {
      if (!end.signal.aborted) closed = it.platform.close();
      end.abort();
    },
  });
  await Promise.all([boards, closed]);
  assert.equal(tail.exitCode, 1);
  assert.match(tail.stderr, /\[(SERVER_STREAM_BROKEN|EVENTS_TAIL_ENDED)\]/);
});

test('a subscription is made, and followed until it is interrupted', async () => {
  await using it = await startTestPlatform();
  const made = json(await it.mkiot('events', 'subscription', 'create', 'billing', '--json')) as Subscription;
  assert.deepEqual([made.id, made.registry, made.ackDeadlineSeconds], ['billing', undefined, 10]);
  const end = new AbortController();
  const enough = new AbortController();
  const boards = runBoards(it, end.signal, 'pump-1');
  const followed = await runCli(
    ['events', 'pull', '--subscription', 'billing', '--follow', '--json', '--data', it.dataFolder],
    {
      signal: enough.signal,
      onOutput: () => enough.abort(),
    },
  );
  end.abort();
  await boards;
  assert.equal(followed.exitCode, 0, followed.stderr);
  const [first] = followed.stdout.split('\n');
  const { message } = JSON.parse(first ?? '') as ReceivedMessage;
  assert.equal(message.attributes['deviceId'], 'pump-1');
});

test('what was pulled with --ack does not come again', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('events', 'subscription', 'create', 'billing');
  const end = new AbortController();
  const boards = runCli(
    ['board', 'run', 'pump-1', '--folder', `${it.outside}/boards`, '--json', '--data', it.dataFolder],
    { signal: end.signal, onOutput: (stdout) => void (stdout.includes('"acknowledged"') && end.abort()) },
  );
  await boards;
  const pull = ['events', 'pull', '--subscription', 'billing', '--ack', '--no-wait'];
  assert.match((await it.mkiot(...pull)).stdout, /pump-1 events\/sensors/);
  assert.equal((await it.mkiot(...pull)).stdout, 'No events are waiting.\n');
});

test('subscriptions are listed with what they narrow to, and deleted', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('events', 'subscription', 'create', 'billing', '--registry', 'default', '--ack-deadline', '60');
  await it.mkiot('events', 'subscription', 'create', 'watch', '--device', 'pump-1', '--hold');
  const { stdout } = await it.mkiot('events', 'subscription', 'list');
  assert.match(stdout, /^billing +default +all +60 s +no +0$/m);
  assert.match(stdout, /^watch +default +pump-1 +10 s +yes +0$/m);
  assert.equal((await it.mkiot('events', 'subscription', 'delete', 'watch')).exitCode, 0);
  const gone = await it.mkiot('events', 'pull', '--subscription', 'watch');
  assert.equal(gone.exitCode, 1);
  assert.match(gone.stderr, /watch.*\[SUBSCRIPTION_NOT_FOUND\]/);
});

test('a pull without its subscription, and a deadline out of bounds, are wrong usage', async () => {
  assert.equal((await runCli(['events', 'pull'])).exitCode, 2);
  assert.equal((await runCli(['events', 'subscription', 'create', 'x', '--ack-deadline', '5'])).exitCode, 2);
});
