import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { type DeviceLogin, PlatformUser, takeOwnership, type TestDevice } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import type { ClientWill, ForeignClient } from './foreignClient.testing.ts';
import { MqttJs } from './mqttJs.ts';
import { Paho } from './paho.ts';

interface Testator extends ForeignClient {
  sayGoodbye(): Promise<void>;
}

function mqttJs(login: DeviceLogin, level: 4 | 5, { topic, payload }: ClientWill): MqttJs {
  return new MqttJs(login, level, { will: { topic, payload: Buffer.from(payload), qos: 1, retain: false } });
}

/** A device whose session is kept for `sessionSeconds`, and whose will at its events waits for `delaySeconds`. */
function patientTestator(device: TestDevice, payload: string, sessionSeconds: number, delaySeconds: number): MqttJs {
  return new MqttJs(device.login(), 5, {
    clean: false,
    properties: { sessionExpiryInterval: sessionSeconds },
    will: {
      topic: device.topic('events'),
      payload: Buffer.from(payload),
      qos: 1,
      retain: false,
      properties: { willDelayInterval: delaySeconds },
    },
  });
}

async function publishWills({ registries, address: { project } }: PlatformUser): Promise<void> {
  const registry = { project, location: 'local', registry: 'default' };
  await registries.update(registry, { policy: { wills: 'PUBLISH' } }, ['policy.wills']);
}

const CLIENTS: readonly (readonly [
  name: string,
  connect: (login: DeviceLogin, level: 4 | 5, will: ClientWill) => Testator,
  options: ReturnType<typeof wants>,
])[] = [
  ['mqtt (npm)', mqttJs, {}],
  ['paho-mqtt (Python)', (login, level, will) => new Paho(login, level, will), wants('paho-mqtt')],
];

for (const [name, connect, options] of CLIENTS) {
  for (const level of [4, 5] as const) {
    test(
      `${name}, level ${level}: its will is an event when it is lost, and none after a goodbye`,
      options,
      async () => {
        await using platform = await startTestPlatform();
        await publishWills(platform);
        const device = await platform.createDevice('pump-1');
        const will = { topic: device.topic('events/presence'), payload: 'gone' };
        {
          await using lost = connect(device.login(), level, will);
          assert.equal(await lost.returnCode, 0);
        }
        const [event] = await platform.pullEvents(1);
        assert.deepEqual(
          [event?.payload, event?.attributes['subFolder'], event?.attributes['will'], event?.attributes['deviceNumId']],
          ['gone', 'presence', 'true', device.numId],
        );
        {
          await using polite = connect(device.login(), level, will);
          assert.equal(await polite.returnCode, 0);
          await polite.sayGoodbye();
        }
        await using back = connect(device.login(), level, will);
        await back.publish(device.topic('events'), 'back', 1);
        const [next] = await platform.pullEvents(1);
        assert.deepEqual([next?.payload, next?.attributes['will']], ['back', undefined]);
        const { lastEventTime, lastHeartbeatTime } = await platform.devices.get(device.name);
        assert.ok(lastEventTime !== undefined && lastHeartbeatTime === undefined);
      },
    );

    test(`${name}, level ${level}: a will on the topic of another device is refused`, options, async () => {
      await using platform = await startTestPlatform();
      await publishWills(platform);
      const device = await platform.createDevice('pump-1');
      const neighbour = await platform.createDevice('pump-2');
      const will = { topic: neighbour.topic('events'), payload: 'forged' };
      await using client = connect(device.login(), level, will);
      assert.equal(await client.returnCode, level === 4 ? 5 : 0x90);
    });
  }
}

for (const [name, cut] of [
  ['blocked', ({ devices }: PlatformUser, device) => devices.update(device, { blocked: true }, ['blocked'])],
  ['deleted', ({ devices }: PlatformUser, device) => devices.delete(device)],
] as const satisfies readonly (readonly [
  string,
  (user: PlatformUser, device: Parameters<PlatformUser['devices']['delete']>[0]) => Promise<unknown>,
])[]) {
  test(`a device that is ${name} leaves no will, also not one that waits`, async () => {
    await using platform = await startTestPlatform();
    await publishWills(platform);
    const witness = await platform.createDevice('witness');
    for (const delaySeconds of [0, 1]) {
      const device = await platform.createDevice(`pump-${delaySeconds}`);
      await using client = patientTestator(device, 'gone', 60, delaySeconds);
      assert.equal(await client.returnCode, 0);
      if (delaySeconds > 0) await client[Symbol.asyncDispose]();
      await cut(platform, device.name);
      await client.closed;
    }
    // Its will waits longer than that of the device that was cut would have.
    {
      await using last = patientTestator(witness, 'last', 2, 2);
      assert.equal(await last.returnCode, 0);
    }
    assert.deepEqual(
      (await platform.pullEvents(1)).map(({ payload }) => payload),
      ['last'],
    );
  });
}

for (const [signal, delaySeconds] of [
  ['SIGTERM', 0],
  ['SIGTERM', 1],
  ['SIGKILL', 0],
  ['SIGKILL', 1],
] as const) {
  test(`a will with a delay of ${delaySeconds} s is published once, though the platform was ended by ${signal}`, async () => {
    await using folder = await temporaryFolder();
    await using first = mkiotUp(folder.path);
    const { address, setupCode } = await isUp(first, folder.path);
    const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
    await owner.subscribeToEvents();
    await publishWills(owner);
    const device = await owner.createDevice('pump-1');
    await using client = patientTestator(device, 'gone', 3_600, delaySeconds);
    assert.equal(await client.returnCode, 0);
    // The answer to a command comes after its entry in the audit trail, which is written after the session that was open.
    await client.subscribe(device.topic('commands/#'), 1);
    await owner.devices.sendCommand(device.name, Buffer.from('on'));
    first.kill(signal);
    await first.exit;

    await using second = mkiotUp(folder.path);
    const restarted = new PlatformUser((await isUp(second, folder.path)).address, owner.adminToken);
    const [event] = await restarted.pullEvents(1);
    assert.deepEqual([event?.payload, event?.attributes['will']], ['gone', 'true']);
    const witness = await restarted.createDevice('witness');
    await using other = new MqttJs(witness.login(restarted.address), 5);
    await other.publish(witness.topic('events'), 'last', 1);
    assert.deepEqual(
      (await restarted.pullAllEvents()).map(({ payload }) => payload),
      ['last'],
    );
  });
}
