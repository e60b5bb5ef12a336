import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';

test('a quota that a device exceeds stands in its last error, in the log and in the metrics', async () => {
  const log: string[] = [];
  await using platform = await startTestPlatform({
    settings: { 'quotas.deviceMessagesPerSecond': '1' },
    log: (line) => log.push(line),
  });
  const device = await platform.createDevice('pump-1');
  await using client = new MqttJs(device.login());
  await client.publish(device.topic('events'), 'acknowledged', 1);
  void client.publish(device.topic('events'), 'one too many', 1).catch(() => undefined);
  await client.closed;

  const { lastErrorStatus } = await until(
    () => platform.devices.get(device.name),
    (read) => read.lastErrorStatus !== undefined,
  );
  assert.equal(lastErrorStatus?.code, 8);
  assert.match(lastErrorStatus?.message ?? '', /1 messages a second from one device.*quotas\.deviceMessagesPerSecond/);
  assert.deepEqual(
    (await platform.pullAllEvents()).map(({ payload }) => payload),
    ['acknowledged'],
  );
  const metrics = await (await fetch(`http://127.0.0.1:${platform.address.loopbackPort}/metrics`)).text();
  assert.match(metrics, /^mkiot_quota_excesses_total\{quota="deviceMessagesPerSecond"\} 1$/m);
  assert.match(metrics, /^mkiot_mqtt_connections_closed_total\{code="QUOTA_EXCEEDED"\} 1$/m);
  assert.ok(log.some((line) => line.includes('quota exceeded') && line.includes('pump-1')));
});

test("with Google's quotas the second config of a device within a second is answered 429", async () => {
  await using platform = await startTestPlatform({ settings: { 'quotas.preset': 'iot-core' } });
  const [one, other] = [await platform.createDevice('pump-1'), await platform.createDevice('pump-2')];
  const modify = (name: typeof one.name) => platform.devices.modifyConfig(name, new Uint8Array(1));
  const twice = await Promise.allSettled([modify(one.name), modify(one.name)]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  const { code, status } = (twice[1] as PromiseRejectedResult).reason as MkiotError;
  assert.deepEqual([code, status], ['QUOTA_EXCEEDED', 'RESOURCE_EXHAUSTED']);
  await modify(other.name);
});

test('a device that finds no room is told so, and so is its owner', async () => {
  await using platform = await startTestPlatform({ settings: { 'quotas.connections': '1' } });
  const [one, other] = [await platform.createDevice('pump-1'), await platform.createDevice('pump-2')];
  await using first = new MqttJs(one.login());
  assert.equal(await first.returnCode, 0);
  await using second = new MqttJs(other.login());
  assert.equal(await second.returnCode, 3);
  const { lastErrorStatus } = await platform.devices.get(other.name);
  assert.match(lastErrorStatus?.message ?? '', /1 devices connected by MQTT/);
});

test('by HTTP a quota is answered 429, and only who shows who he is learns of it', async () => {
  await using platform = await startTestPlatform({ settings: { 'quotas.loginsPerMinute': '1' } });
  const device = await platform.createDevice('pump-1');
  const call = (token: string) =>
    fetch(`http://127.0.0.1:${platform.address.loopbackPort}/v1/${device.clientId}/config`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const { password } = device.login();
  assert.equal((await call('wrong')).status, 401);
  assert.equal((await call(password)).status, 200);
  const refused = await call(password);
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /"reason":"QUOTA_EXCEEDED"/);
  assert.equal(refused.headers.get('retry-after'), '60');
  assert.equal((await call('wrong')).status, 401);
});
