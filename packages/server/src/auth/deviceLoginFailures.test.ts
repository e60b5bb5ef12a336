import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientIdOf, ecKey, LoginBench } from './deviceLogin.testing.ts';

const key = ecKey();

test('repeated failures of a device are one line in ten seconds, which counts the silent ones', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const fail = () => bench.connect(clientIdOf('pump-1'), 'wrong');
  for (let attempt = 0; attempt < 5; attempt++) await fail();
  assert.equal(bench.logged.length, 1);
  bench.clock.advance(10_000);
  await fail();
  assert.deepEqual(
    bench.logged.map((line) => line['suppressed']),
    [0, 4],
  );
});

test("one device's failures do not hide another's", async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  await bench.addDevice('pump-2', [key]);
  for (const id of ['pump-1', 'pump-1', 'pump-2']) await bench.connect(clientIdOf(id), 'wrong');
  assert.deepEqual(
    bench.logged.map((line) => line['device']),
    ['pump-1', 'pump-2'],
  );
});

test('an address that invents devices gets one line, not one a name', async () => {
  await using bench = await LoginBench.open();
  for (let number = 0; number < 50; number++) await bench.connect(clientIdOf(`invented-${number}`), bench.token(key));
  assert.equal(bench.logged.length, 1);
});

test("the device's last error is always the newest", async () => {
  await using bench = await LoginBench.open();
  const numId = await bench.addDevice('pump-1', [key]);
  await bench.connect(clientIdOf('pump-1'), 'wrong');
  bench.clock.advance(1_000);
  await bench.connect(clientIdOf('pump-1'), bench.token(key, { iat: -7200, exp: -3600 }));
  const error = (await bench.activities.read([numId])).get(numId)?.error;
  assert.equal(error?.atMs, bench.clock.now());
  assert.match(error?.status.message ?? '', /expired 3600 s ago/);
});

test('a good login after any number of failures comes in', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  for (let attempt = 0; attempt < 100; attempt++) await bench.connect(clientIdOf('pump-1'), 'wrong');
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), undefined);
});
