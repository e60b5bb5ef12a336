import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { wants } from '../../../../test/support/wants.ts';
import { MqttServer } from '../device/connection/mqttServer.testing.ts';
import { DEVICE_SETTINGS } from '../device/referenceDevice.ts';
import { createDeviceKey } from './deviceKey.ts';
import { fleetBoardFolder, runFleet } from './fleet.ts';
import { type Certified, serveMqtt, TestAuthority, TestFolder, TestTlsServer } from './tlsBench.testing.ts';

const openssl = wants('openssl');
const REGISTRY = 'projects/mkiot-test/locations/local/registries/default';
const deviceNames = ['tank-1', 'tank-2', 'tank-3'].map((device) => `${REGISTRY}/devices/${device}`);

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

test('a fleet runs each board with its own name, key and folder', openssl, async () => {
  const mqtt = new MqttServer();
  await using server = await TestTlsServer.listen(certified, (socket) => void serveMqtt(mqtt, socket));
  const stop = new AbortController();
  const connected = new Set<string>();
  const fleet = join(folder.path, 'fleet');
  const keys = await Promise.all(deviceNames.map((name) => createDeviceKey(fleetBoardFolder(fleet, name))));
  await runFleet({
    folder: fleet,
    server: { host: 'localhost', port: server.port, caPem },
    deviceNames,
    startSpreadMs: 30,
    settings: DEVICE_SETTINGS,
    signal: stop.signal,
    onEvent: (name, { type }) => {
      if (type === 'acknowledged') connected.add(name);
      if (connected.size === 3) stop.abort();
    },
  });
  assert.equal(new Set(keys.map(({ publicKeyPem }) => publicKeyPem)).size, 3);
  assert.deepEqual((await readdir(fleet)).toSorted(), ['tank-1', 'tank-2', 'tank-3']);
  assert.deepEqual(mqtt.connects.map(({ clientId }) => clientId).toSorted(), deviceNames);
  const payloads = new Set(mqtt.publishedTo('/events/sensors').map(({ text }) => text.replace(/"time":"[^"]*"/, '')));
  assert.equal(payloads.size, mqtt.publishedTo('/events/sensors').length, 'each board measures its own values');
});

/** A fleet without a server. */
function offlineFleet(name: string): Pick<Parameters<typeof runFleet>[0], 'folder' | 'server' | 'deviceNames'> {
  // Nobody listens at port 1.
  return { folder: join(folder.path, name), server: { host: '127.0.0.1', port: 1, caPem }, deviceNames };
}

test('boards start evenly spread', openssl, async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const booted: string[] = [];
  let next = Promise.withResolvers<void>();
  const running = runFleet({
    ...offlineFleet('spread'),
    startSpreadMs: 30_000,
    clock,
    signal: stop.signal,
    onEvent: (name, { type }) => {
      if (type !== 'booted') return;
      booted.push(`${name.at(-1)} at ${clock.monotonic()}`);
      next.resolve();
    },
  });
  for (let boards = 1; boards <= 3; boards++) {
    // The first has a timer of no time at all.
    clock.advance(boards === 1 ? 0 : 10_000);
    await next.promise;
    assert.equal(booted.length, boards);
    next = Promise.withResolvers();
  }
  assert.deepEqual(booted, ['1 at 0', '2 at 10000', '3 at 20000']);
  stop.abort();
  await running;
});

test('a device id twice, or a name that is none, starts no board', openssl, async () => {
  const options = {
    ...offlineFleet('twice'),
    startSpreadMs: 0,
    signal: new AbortController().signal,
    onEvent: () => assert.fail('a board started'),
  };
  const sameId = `${REGISTRY.replace('default', 'other')}/devices/tank-1`;
  await assert.rejects(runFleet({ ...options, deviceNames: [...deviceNames, sameId] }), {
    code: 'FLEET_DEVICE_TWICE',
    message: /tank-1 twice/,
  });
  await assert.rejects(runFleet({ ...options, deviceNames: [`${REGISTRY}/devices/..`] }), {
    code: 'DEVICE_NAME_INVALID',
  });
  assert.throws(() => fleetBoardFolder(folder.path, '../..'), { code: 'DEVICE_NAME_INVALID' });
});

test('a board that cannot start ends the fleet with its error', openssl, async () => {
  const options = offlineFleet('broken');
  const broken = fleetBoardFolder(options.folder, deviceNames[1]!);
  await createDeviceKey(broken);
  await writeFile(join(broken, 'device-key.pem'), 'garbage');
  const running = runFleet({
    ...options,
    startSpreadMs: 0,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  await assert.rejects(running, { code: 'KEY_FILE_INVALID', message: /tank-2/ });
});
