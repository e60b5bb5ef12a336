import { LIMITS } from '@mkiot/core/contract/limits';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../auditTrail/digest.ts';
import type { DeliveryTerms } from '../bridge/deliveryTerms.ts';
import type { KeptSession, QueuedMessage } from '../bridge/keptSessionLink.ts';
import { deviceName } from '../registry/registry.testing.ts';
import { ADMIN, TwinBench } from './twin.testing.ts';

function send(bench: TwinBench, subfolder = '', text = 'open', signal = new AbortController().signal) {
  return bench.commands.send(
    deviceName('pump-1'),
    { subfolder, payload: Buffer.from(text), queueForMs: 0 },
    ADMIN,
    signal,
  );
}

/** Waits until the command has reached the device. */
async function reached(session: { received: readonly unknown[] }): Promise<void> {
  while (session.received.length === 0) await new Promise((resolve) => void setImmediate(resolve));
}

for (const subfolder of ['', 'valve', 'valve/left', '1/ä b']) {
  test(`a command reaches the device under the subfolder "${subfolder}"`, async () => {
    await using bench = await TwinBench.open();
    const session = bench.connect(await bench.addDevice('pump-1'));
    session.subscribe('commands', 0);
    await send(bench, subfolder);
    assert.deepEqual(session.received, [{ kind: 'commands', subfolder, text: 'open' }]);
  });
}

test('at QoS 1 the call ends with the PUBACK of the device', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 1);
  let isDone = false;
  const sent = send(bench).then(() => (isDone = true));
  await reached(session);
  assert.equal(isDone, false);
  session.acknowledge();
  await sent;
});

test('a device that does not acknowledge in ten seconds fails the call', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 1);
  const refused = assert.rejects(send(bench), { code: 'COMMAND_NOT_ACKNOWLEDGED', status: 'DEADLINE_EXCEEDED' });
  await reached(session);
  bench.registry.clock.advance(10_000);
  await refused;
  assert.ok(session.acknowledge(), 'a late PUBACK harms nothing');
});

test('a session that ends before the PUBACK fails the call', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const session = bench.connect(device);
  session.subscribe('commands', 1);
  const refused = assert.rejects(send(bench), { code: 'COMMAND_CONNECTION_LOST', status: 'UNAVAILABLE' });
  await reached(session);
  bench.connect(device);
  await refused;
});

test('a device with too much to acknowledge gets no more', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 1);
  session.hasRoom = false;
  await assert.rejects(send(bench), { code: 'COMMAND_BACKLOG_FULL', status: 'RESOURCE_EXHAUSTED' });
});

test('a caller that goes away stops waiting, before the sending too', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 1);
  const leaving = new AbortController();
  const refused = assert.rejects(send(bench, '', 'open', leaving.signal), { code: 'COMMAND_CANCELLED' });
  await reached(session);
  leaving.abort();
  await refused;
  await assert.rejects(send(bench, '', 'open', AbortSignal.abort()), { code: 'COMMAND_CANCELLED' });
  assert.equal(session.received.length, 1);
});

test('a device that is not connected, or no longer, is FAILED_PRECONDITION, and nothing is kept for it', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const expected = { code: 'DEVICE_NOT_CONNECTED', status: 'FAILED_PRECONDITION' };
  await assert.rejects(send(bench), expected);
  const session = bench.connect(device);
  session.subscribe('commands', 1);
  session.close({ code: 'CLIENT_DISCONNECT', by: 'CLIENT', message: '' });
  await assert.rejects(send(bench), expected);
  const next = bench.connect(device);
  next.subscribe('commands', 1);
  assert.deepEqual(next.received, []);
});

test('a device that has subscribed to its config only is FAILED_PRECONDITION', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  await bench.subscribeConfig(session, 1);
  await assert.rejects(send(bench), { code: 'DEVICE_NOT_SUBSCRIBED', status: 'FAILED_PRECONDITION' });
});

test('a command to no device is NOT_FOUND', async () => {
  await using bench = await TwinBench.open();
  await assert.rejects(send(bench), { code: 'DEVICE_NOT_FOUND' });
});

for (const subfolder of ['a+b', 'a/#', '#', 'a\0b', 'x'.repeat(LIMITS.subfolderBytes + 1), '\ud800']) {
  test(`the subfolder ${JSON.stringify(subfolder).slice(0, 20)} is refused`, async () => {
    await using bench = await TwinBench.open();
    const session = bench.connect(await bench.addDevice('pump-1'));
    session.subscribe('commands', 0);
    await assert.rejects(send(bench, subfolder), { code: 'COMMAND_SUBFOLDER_UNFIT', status: 'INVALID_ARGUMENT' });
    assert.deepEqual(session.received, []);
  });
}

test('a command may be as large as the limit and no larger', async () => {
  await using bench = await TwinBench.open();
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 0);
  await send(bench, '', 'x'.repeat(LIMITS.commandBytes));
  await assert.rejects(send(bench, '', 'x'.repeat(LIMITS.commandBytes + 1)), { code: 'COMMAND_TOO_LARGE' });
});

test('the audit trail tells a command that was sent by its digest, and none that was refused', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  await assert.rejects(send(bench, '', 'secret'));
  const session = bench.connect(device);
  session.subscribe('commands', 0);
  await send(bench, 'valve', 'secret');
  const commands = (await bench.registry.auditTrail.list(100)).filter(({ action }) => action === 'sendCommandToDevice');
  assert.equal(commands.length, 1);
  assert.partialDeepStrictEqual(commands[0], {
    principal: ADMIN,
    resource: 'projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1',
    after: { subfolder: 'valve', payload: digestOf('secret') },
  });
  assert.doesNotMatch(await bench.auditTrailText(), /secret/);
});

const HOUR_MS = 3_600_000;

/** A kept session that answers as told, and what it was given. */
function keptSession(qos: 0 | 1 | undefined, outcome: 'FULL' | 'NOT_STORED' | 'TAKEN') {
  const queued: (DeliveryTerms & { readonly text: string })[] = [];
  const kept = {
    subscriptionQos: () => qos,
    queue: async (_kind: string, _subfolder: string, payload: Uint8Array, terms: DeliveryTerms) => {
      queued.push({ text: Buffer.from(payload).toString(), ...terms });
      return outcome === 'TAKEN' ? ({} as QueuedMessage) : outcome;
    },
  } as unknown as KeptSession;
  return { kept, queued };
}

function sendLater(bench: TwinBench, queueForMs = HOUR_MS) {
  const command = { subfolder: '', payload: Buffer.from('open'), queueForMs };
  return bench.commands.send(deviceName('pump-1'), command, ADMIN, new AbortController().signal);
}

test('a command whose sender says so waits for a device with a kept session, until it is worth nothing', async () => {
  await using bench = await TwinBench.open();
  const { numId } = await bench.addDevice('pump-1');
  const { kept, queued } = keptSession(1, 'TAKEN');
  bench.kept.set(numId, kept);
  const expiresAtMs = bench.registry.clock.now() + HOUR_MS;
  assert.deepEqual(await sendLater(bench), { expiresAtMs });
  assert.deepEqual(queued, [{ text: 'open', expiresAtMs }]);
  assert.match(await bench.auditTrailText(), /"queueForMs":3600000/);
  await assert.rejects(send(bench), { code: 'DEVICE_NOT_CONNECTED' });
  assert.equal(queued.length, 1, 'without the word of its sender it does not wait');
});

for (const [code, qos, outcome] of [
  ['DEVICE_NOT_SUBSCRIBED', undefined, 'TAKEN'],
  ['COMMAND_NOT_QUEUEABLE', 0, 'TAKEN'],
  ['COMMAND_QUEUE_FULL', 1, 'FULL'],
  ['COMMAND_NOT_STORED', 1, 'NOT_STORED'],
] as const) {
  test(`a command that cannot wait fails with ${code}`, async () => {
    await using bench = await TwinBench.open();
    const { numId } = await bench.addDevice('pump-1');
    bench.kept.set(numId, keptSession(qos, outcome).kept);
    await assert.rejects(sendLater(bench), { code });
  });
}

test('a command cannot wait for a device without a kept session, nor for longer than any session lasts', async () => {
  await using bench = await TwinBench.open();
  await bench.addDevice('pump-1');
  await assert.rejects(sendLater(bench), { code: 'DEVICE_SESSION_NOT_KEPT' });
  await assert.rejects(sendLater(bench, 31 * 24 * HOUR_MS), { code: 'COMMAND_QUEUE_TIME_UNFIT' });
});

test('a command that may wait and is not acknowledged in ten seconds is queued where the session is kept', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const session = bench.connect(device);
  session.subscribe('commands', 1);
  bench.kept.set(device.numId, keptSession(1, 'TAKEN').kept);
  const expiresAtMs = bench.registry.clock.now() + HOUR_MS;
  const sent = sendLater(bench);
  await reached(session);
  bench.registry.clock.advance(10_000);
  assert.deepEqual(await sent, { expiresAtMs });
});
