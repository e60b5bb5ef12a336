import type { GatewayAuthMethod } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceLogin, PlatformUser, TestDevice } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { wants } from '../support/wants.ts';
import type { ForeignClient } from './foreignClient.testing.ts';
import { MqttJs } from './mqttJs.ts';
import { Paho } from './paho.ts';

const gateway = (gatewayAuthMethod: GatewayAuthMethod) =>
  ({ gatewayConfig: { gatewayType: 'GATEWAY', gatewayAuthMethod } }) as const;

/** hub-1, a gateway, and pump-1, which is bound to it. */
async function hubAndPump(user: PlatformUser, method: GatewayAuthMethod) {
  const hub = await user.createDevice('hub-1', gateway(method));
  const pump = await user.createDevice('pump-1');
  await user.devices.bindToGateway(hub.name, 'hub-1', 'pump-1');
  return { hub, pump };
}

/** Logged in and hearing of errors, as Google's samples begin. */
async function begin(client: ForeignClient, hub: TestDevice): Promise<void> {
  assert.equal(await client.returnCode, 0);
  assert.equal(await client.subscribe(hub.topic('config'), 1), 1);
  assert.equal((await client.nextMessage()).topic, hub.topic('config'));
  assert.equal(await client.subscribe(hub.topic('errors'), 0), 0);
}

async function nextError(client: ForeignClient): Promise<unknown> {
  const { topic, qos, payload } = await client.nextMessage();
  assert.deepEqual([topic, qos], ['/devices/hub-1/errors', 0]);
  return JSON.parse(payload);
}

const CLIENTS = [4, 5].flatMap((level) => {
  const protocol = level as 4 | 5;
  return [
    { name: `mqtt (npm), level ${level}`, connect: (login: DeviceLogin) => new MqttJs(login, protocol), programs: [] },
    {
      name: `paho-mqtt (Python), level ${level}`,
      connect: (login: DeviceLogin) => new Paho(login, protocol),
      programs: ['paho-mqtt'],
    },
  ] as const;
});

for (const { name, connect, programs } of CLIENTS) {
  test(`${name}: a gateway does what Google's samples do for a bound device`, wants(...programs), async () => {
    await using platform = await startTestPlatform();
    const { devices } = platform;
    const { hub, pump } = await hubAndPump(platform, 'ASSOCIATION_ONLY');
    await devices.modifyConfig(pump.name, Buffer.from('{"intervalMs":1000}'));
    await using client = connect(hub.login());
    await begin(client, hub);

    await client.publish(pump.topic('attach'), '{"authorization" : ""}', 1);
    assert.equal((await devices.get(pump.name)).presence?.connected, true);
    assert.equal(await client.subscribe(pump.topic('config'), 1), 1);
    const config = { topic: pump.topic('config'), qos: 1, payload: '{"intervalMs":1000}' };
    assert.deepEqual(await client.nextMessage(), config);
    assert.equal(await client.subscribe(pump.topic('commands/#'), 1), 1);
    await client.publish(pump.topic('events'), 'first', 0);
    await client.publish(pump.topic('events/water'), 'second', 1);
    await client.publish(pump.topic('state'), 'pumping', 1);
    const [first, second] = await platform.pullEvents(2);
    assert.deepEqual([first?.payload, second?.payload, second?.attributes['subFolder']], ['first', 'second', 'water']);
    assert.partialDeepStrictEqual(second?.attributes, {
      deviceId: 'pump-1',
      deviceNumId: pump.numId,
      gatewayId: 'hub-1',
    });
    const [state] = await devices.states(pump.name);
    assert.equal(Buffer.from(state?.binaryData ?? '', 'base64').toString(), 'pumping');
    await devices.sendCommand(pump.name, Buffer.from('on'), 'valve');
    assert.deepEqual(await client.nextMessage(), { topic: pump.topic('commands/valve'), qos: 1, payload: 'on' });
    const { gatewayConfig } = await devices.get(pump.name);
    assert.equal(gatewayConfig?.lastAccessedGatewayId, 'hub-1');
    await until(
      async () => (await devices.configVersions(pump.name))[0],
      (version) => version?.deviceAckTime !== undefined,
    );

    await client.publish(pump.topic('detach'), '{}', 1);
    await assert.rejects(devices.sendCommand(pump.name, Buffer.from('on')), { code: 'DEVICE_NOT_CONNECTED' });
    const { presence } = await devices.get(pump.name);
    assert.deepEqual([presence?.connected, presence?.lastDisconnect?.code], [false, 'DETACHED']);
    client.publish(pump.topic('events'), 'late', 1).catch(() => undefined);
    assert.partialDeepStrictEqual(await nextError(client), {
      error_type: 'GATEWAY_DEVICE_NOT_FOUND',
      description: "The specified device with ID 'pump-1' is not attached to the gateway.",
      mqtt_message_info: { message_type: 'PUBLISH', topic: pump.topic('events') },
    });
    await client.publish(hub.topic('events'), 'still here', 1);
    assert.equal((await platform.pullEvents(1))[0]?.payload, 'still here');
  });

  test(
    `${name}: a token of the device attaches it, in JSON and as Google's sample writes it`,
    wants(...programs),
    async () => {
      for (const method of ['DEVICE_AUTH_TOKEN_ONLY', 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN'] as const) {
        await using platform = await startTestPlatform();
        const { hub, pump } = await hubAndPump(platform, method);
        await using client = connect(hub.login());
        await begin(client, hub);
        const { password: token } = pump.login();
        for (const payload of [JSON.stringify({ authorization: token }), `{ 'authorization' : ${token} }`]) {
          await client.publish(pump.topic('attach'), payload, 1);
          await client.publish(pump.topic('events'), payload.slice(0, 3), 1);
          assert.equal((await platform.pullEvents(1))[0]?.attributes['gatewayId'], 'hub-1');
          await client.publish(pump.topic('detach'), '{}', 1);
        }
        client
          .publish(pump.topic('attach'), JSON.stringify({ authorization: hub.login().password }), 1)
          .catch(() => undefined);
        assert.partialDeepStrictEqual(await nextError(client), {
          error_type: 'GATEWAY_ATTACHMENT_ERROR',
          device_id: 'pump-1',
          mqtt_message_info: { message_type: 'PUBLISH', topic: pump.topic('attach') },
        });
      }
    },
  );

  test(
    `${name}: who is not bound or not there is not attached, and the errors topic says so`,
    wants(...programs),
    async () => {
      await using platform = await startTestPlatform();
      const { hub } = await hubAndPump(platform, 'ASSOCIATION_ONLY');
      await platform.createDevice('pump-2');
      await using client = connect(hub.login());
      await begin(client, hub);
      for (const device of ['pump-2', 'pump-3']) {
        client.publish(`/devices/${device}/attach`, '{}', 1).catch(() => undefined);
        assert.partialDeepStrictEqual(await nextError(client), {
          error_type: 'GATEWAY_ATTACHMENT_ERROR',
          description: `The specified device with ID '${device}' could not be attached to the gateway.`,
          device_id: device,
        });
      }
    },
  );
}

type Cut = (user: PlatformUser, hub: TestDevice, pump: TestDevice, gateway: ForeignClient) => Promise<unknown>;

const CUTS: Readonly<Record<string, readonly [GatewayAuthMethod, Cut]>> = {
  blocked: [
    'DEVICE_AUTH_TOKEN_ONLY',
    (user, _hub, pump) => user.devices.update(pump.name, { blocked: true }, ['blocked']),
  ],
  deleted: [
    'DEVICE_AUTH_TOKEN_ONLY',
    async (user, hub, pump) => {
      await user.devices.unbindFromGateway(hub.name, 'hub-1', 'pump-1');
      await user.devices.delete(pump.name);
    },
  ],
  'without its key': [
    'DEVICE_AUTH_TOKEN_ONLY',
    (user, _hub, pump) => user.devices.update(pump.name, { credentials: [] }, ['credentials']),
  ],
  unbound: ['ASSOCIATION_ONLY', (user, hub) => user.devices.unbindFromGateway(hub.name, 'hub-1', 'pump-1')],
  'too fast with its state': [
    'ASSOCIATION_ONLY',
    async (_user, _hub, pump, client) => {
      for (const text of ['1', '2', '3', '4']) await client.publish(pump.topic('state'), text, 0);
    },
  ],
};
for (const [what, [method, cut]] of Object.entries(CUTS)) {
  test(`a device that is ${what} is cut from its gateway within a second, and the gateway stays`, async () => {
    await using platform = await startTestPlatform();
    const { hub, pump } = await hubAndPump(platform, method);
    await using client = new MqttJs(hub.login());
    await begin(client, hub);
    await client.publish(pump.topic('attach'), JSON.stringify({ authorization: pump.login().password }), 1);
    await cut(platform, hub, pump, client);
    const cutAtMs = performance.now();
    assert.partialDeepStrictEqual(await nextError(client), {
      error_type: 'GATEWAY_DETACHMENT_DEVICE_ERROR',
      description: 'Device detached because of a device error.',
      device_id: 'pump-1',
    });
    assert.ok(performance.now() - cutAtMs < 1_000);
    client.publish(pump.topic('events'), 'late', 1).catch(() => undefined);
    assert.partialDeepStrictEqual(await nextError(client), { error_type: 'GATEWAY_DEVICE_NOT_FOUND' });
    await client.publish(hub.topic('events'), 'still here', 1);
    assert.deepEqual(
      (await platform.pullAllEvents()).map(({ payload }) => payload),
      ['still here'],
    );
  });
}

test('the devices behind a gateway go with it when it is blocked', async () => {
  await using platform = await startTestPlatform();
  const { hub, pump } = await hubAndPump(platform, 'ASSOCIATION_ONLY');
  await using client = new MqttJs(hub.login());
  await begin(client, hub);
  await client.publish(pump.topic('attach'), '{}', 1);
  await platform.devices.update(hub.name, { blocked: true }, ['blocked']);
  await client.closed;
  const { presence } = await platform.devices.get(pump.name);
  assert.deepEqual([presence?.connected, presence?.lastDisconnect?.code], [false, 'GATEWAY_GONE']);
});
