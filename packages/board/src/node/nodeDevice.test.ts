import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { wants } from '../../../../test/support/wants.ts';
import { MqttServer } from '../device/connection/mqttServer.testing.ts';
import type { DeviceEvent } from '../device/deviceEvents.ts';
import { DEVICE_SETTINGS } from '../device/referenceDevice.ts';
import { simulatedSensors } from '../device/sensing/simulatedSensors.ts';
import { createDeviceKey } from './deviceKey.ts';
import { type BoardOptions, runBoard } from './nodeDevice.ts';
import { type Certified, serveMqtt, TestAuthority, TestFolder, TestTlsServer } from './tlsBench.testing.ts';

const openssl = wants('openssl');
const REGISTRY = 'projects/mkiot-test/locations/local/registries/default';
const settings = { ...DEVICE_SETTINGS, backOff: { firstMs: 10, maxMs: 50 } };

let folder: TestFolder;
let caPem: string;
let certified: Certified;
before(async () => {
  folder = await TestFolder.make();
  if (openssl.skip !== undefined) return;
  const authority = await TestAuthority.make(folder.path);
  caPem = await authority.pem;
  certified = await authority.issue('DNS:localhost');
});
after(() => folder[Symbol.asyncDispose]());

function listen(mqtt: MqttServer, port?: number): Promise<TestTlsServer> {
  return TestTlsServer.listen(certified, (socket) => void serveMqtt(mqtt, socket), port);
}

/** Runs a board until `enough` events have come; returns all of them. */
async function runUntil(
  options: Omit<BoardOptions, 'signal' | 'onEvent'>,
  enough: (events: readonly DeviceEvent[]) => boolean,
): Promise<DeviceEvent[]> {
  const stop = new AbortController();
  const events: DeviceEvent[] = [];
  const onEvent = (event: DeviceEvent): void => {
    events.push(event);
    if (enough(events)) stop.abort();
  };
  await runBoard({ settings, ...options, signal: stop.signal, onEvent });
  return events;
}

function count(events: readonly DeviceEvent[], type: DeviceEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

function sequences(mqtt: MqttServer): number[] {
  return mqtt.publishedTo('/events/sensors').map(({ text }) => (JSON.parse(text) as { sequence: number }).sequence);
}

test('a board runs from its folder over TLS, and after a restart goes on where it was', openssl, async () => {
  const mqtt = new MqttServer();
  mqtt.behaviour.config = utf8Encode('{"intervalMs":100}');
  const board = join(folder.path, 'pump-1');
  await createDeviceKey(board);
  let server = await listen(mqtt);
  const { port } = server;
  const options = {
    folder: board,
    server: { host: 'localhost', port, caPem },
    deviceName: `${REGISTRY}/devices/pump-1`,
    firmwareVersion: '7.7.7',
    sensors: simulatedSensors(1),
  };
  const first = await runUntil(options, (events) => count(events, 'acknowledged') >= 3);
  await server[Symbol.asyncDispose]();
  assert.deepEqual(
    first.slice(0, 2).map(({ type }) => type),
    ['booted', 'connected'],
  );
  assert.equal(mqtt.connects[0]?.clientId, options.deviceName);
  assert.deepEqual((await readdir(board)).toSorted(), ['config', 'device-key.pem', 'outbox']);
  assert.equal(await readFile(join(board, 'config'), 'utf8'), '{"intervalMs":100}');

  // Offline it measures at the interval of its config, and every try is told.
  let ticks = 0;
  const sensors = [{ name: 'temperature', unit: 'Cel', read: () => ++ticks }];
  const offline = await runUntil({ ...options, sensors }, () => ticks >= 5);
  assert.ok(count(offline, 'retrying') > 0);
  assert.equal(count(offline, 'published'), 0);

  server = await listen(mqtt, port);
  await using _ = server;
  const before = sequences(mqtt).length;
  await runUntil(options, (events) => count(events, 'acknowledged') >= 6);
  const received = sequences(mqtt);
  assert.ok(received.length >= before + 6);
  assert.deepEqual(
    received,
    received.map((_, index) => index + 1),
  );
});

test('what keeps a board from starting is thrown', openssl, async () => {
  const fine = {
    folder: join(folder.path, 'pump-2'),
    server: { host: 'localhost', port: 1, caPem },
    deviceName: `${REGISTRY}/devices/pump-2`,
  };
  const run = (wrong: Partial<BoardOptions>): Promise<unknown> => runUntil({ ...fine, ...wrong }, () => true);
  await assert.rejects(run({ deviceName: 'pump-2' }), { code: 'DEVICE_NAME_INVALID' });
  await assert.rejects(run({ server: { ...fine.server, caPem: '' } }), { code: 'CA_INVALID' });
  await assert.rejects(run({ tokenLifetimeMs: 1 }), { code: 'TOKEN_LIFETIME_INVALID' });
});
