import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DeviceKey } from '../support/deviceKey.ts';
import type { TestDevice } from '../support/platformUser.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';

/** A call as Google's Node sample for the HTTP bridge makes it: these headers, a body in snake_case, no Accept. */
async function call(
  { address: { httpsPort: port, caFile } }: TestPlatform,
  device: TestDevice,
  token: string,
  what: string,
  body?: object,
): Promise<{ readonly status: number | undefined; readonly answer: unknown }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'cache-control': 'no-cache' };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; answer: unknown }>();
  const outgoing = request({
    host: 'localhost',
    port,
    ca: readFileSync(caFile),
    method: body === undefined ? 'GET' : 'POST',
    path: `/v1/${device.clientId}${what}`,
    headers,
  });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    const { statusCode: status } = response;
    text(response).then((json) => resolve({ status, answer: JSON.parse(json) as unknown }), reject);
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

const base64 = (payload: string): string => Buffer.from(payload).toString('base64');

test("the run of Google's HTTP sample: config first, then events and states, then a newer config", async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const { password: token } = device.login();
  const first = await call(platform, device, token, '/config?local_version=0');
  assert.partialDeepStrictEqual(first, { status: 200, answer: { version: '1', binaryData: '' } });
  const event = { binary_data: base64('pump-1/payload-1') };
  assert.deepEqual(await call(platform, device, token, ':publishEvent', event), { status: 200, answer: {} });
  const state = { state: { binary_data: base64('pump-1/state-1') } };
  assert.deepEqual(await call(platform, device, token, ':setState', state), { status: 200, answer: {} });
  await platform.devices.modifyConfig(device.name, Buffer.from('on'));
  const newer = await call(platform, device, token, '/config?local_version=1');
  assert.partialDeepStrictEqual(newer, { status: 200, answer: { version: '2', binaryData: base64('on') } });

  const [stored] = await platform.pullEvents(1);
  assert.equal(stored?.payload, 'pump-1/payload-1');
  assert.partialDeepStrictEqual(stored?.attributes, { deviceId: 'pump-1', deviceNumId: device.numId, subFolder: '' });
  const seen = await platform.devices.get(device.name);
  assert.deepEqual([seen.state?.binaryData, seen.lastConfigAckTime], [base64('pump-1/state-1'), undefined]);
  assert.ok(seen.lastEventTime !== undefined && seen.lastStateTime !== undefined);
  assert.ok(seen.lastConfigSendTime !== undefined);
});

test("the numeric id stands in a path where the device's id does", async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const { password: token } = device.login();
  const byNumber = { ...device, clientId: device.clientId.replace(/[^/]+$/, device.numId) };
  const event = { binary_data: base64('3.2 m') };
  assert.deepEqual(await call(platform, byNumber, token, ':publishEvent', event), { status: 200, answer: {} });
  assert.equal((await platform.pullEvents(1))[0]?.attributes['deviceId'], 'pump-1');
});

test('limits are those of MQTT: the size of an event, the size and the rate of a state', async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const { password: token } = device.login();
  const event = (bytes: number) => ({ binary_data: Buffer.alloc(bytes).toString('base64') });
  const publish = async (bytes: number) => (await call(platform, device, token, ':publishEvent', event(bytes))).status;
  assert.deepEqual([await publish(262_144), await publish(262_145)], [200, 400]);
  const report = async (bytes: number) =>
    (await call(platform, device, token, ':setState', { state: event(bytes) })).status;
  assert.deepEqual([await report(65_537), await report(65_536)], [400, 200]);
  const burst = await Promise.all(Array.from({ length: 30 }, () => report(1)));
  assert.deepEqual(new Set(burst), new Set([200, 429]));
  const { lastErrorStatus } = await platform.devices.get(device.name);
  assert.deepEqual(lastErrorStatus?.code, 8);
});

test('a wrong key, a blocked device and a registry without HTTP get one answer, and the operator the reasons', async () => {
  const log: string[] = [];
  await using platform = await startTestPlatform({ log: (line) => void log.push(line) });
  const device = await platform.createDevice('pump-1');
  const { password: token } = device.login();
  const { project } = platform.address;
  const publish = (with_: string) => call(platform, device, with_, ':publishEvent', { binary_data: '' });
  const answers = [await publish(new DeviceKey().token(project))];
  assert.equal((await platform.devices.get(device.name)).lastErrorStatus?.code, 16);
  assert.equal((await publish(token)).status, 200);
  await platform.devices.update(device.name, { blocked: true }, ['blocked']);
  answers.push(await publish(token));
  assert.match((await platform.devices.get(device.name)).lastErrorStatus?.message ?? '', /is blocked/);
  await platform.devices.update(device.name, { blocked: false }, ['blocked']);
  const httpConfig = { httpEnabledState: 'HTTP_DISABLED' } as const;
  await platform.registries.update(device.name, { httpConfig }, ['http_config']);
  answers.push(await publish(token));
  assert.match((await platform.devices.get(device.name)).lastErrorStatus?.message ?? '', /HTTP is disabled/);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
  assert.equal(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size, 1);
  assert.ok(log.some((line) => line.includes('LOGIN_SIGNATURE_WRONG')));
  assert.ok(!log.some((line) => line.includes(token.slice(0, 60))), 'no token is logged');
});

test('a gateway acts for a device that is bound to it, and a device goes through its gateway', async () => {
  await using platform = await startTestPlatform();
  const [hub, pump] = [await platform.createDevice('hub-1'), await platform.createDevice('pump-1')];
  const gatewayConfig = { gatewayType: 'GATEWAY', gatewayAuthMethod: 'ASSOCIATION_ONLY' } as const;
  await platform.devices.update(hub.name, { gatewayConfig }, ['gateway_config']);
  const publish = (device: TestDevice, info: object) => {
    const body = { binary_data: base64('3.2 m'), gateway_info: info };
    return call(platform, device, device.login().password, ':publishEvent', body);
  };
  assert.equal((await publish(hub, { delegated_device_id: 'pump-1' })).status, 403);
  assert.match((await platform.devices.get(hub.name)).lastErrorStatus?.message ?? '', /pump-1 is not bound/);

  await platform.devices.bindToGateway(hub.name, 'hub-1', 'pump-1');
  assert.equal((await publish(hub, { delegated_device_id: 'pump-1' })).status, 200);
  assert.equal((await publish(pump, { gateway_id: 'hub-1' })).status, 200);
  for (const { attributes } of await platform.pullEvents(2)) {
    assert.partialDeepStrictEqual(attributes, { deviceId: 'pump-1', deviceNumId: pump.numId, gatewayId: 'hub-1' });
  }
  const { gatewayConfig: seen } = await platform.devices.get(pump.name);
  assert.equal(seen.lastAccessedGatewayId, 'hub-1');
  assert.ok(seen.lastAccessedGatewayTime !== undefined);
  const { password } = hub.login();
  const config = await call(platform, hub, password, '/config?gateway_info.delegated_device_id=pump-1');
  assert.partialDeepStrictEqual(config, { status: 200, answer: { version: '1' } });
});
