import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { DeviceKey } from '../support/deviceKey.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import { GoogleClient } from './googleClient.ts';

const options = wants('google-client');

function googleClient(platform: TestPlatform, token = platform.adminToken): GoogleClient {
  return new GoogleClient(platform.address.httpsPort, platform.address.caFile, token);
}

test('@google-cloud/iot: registries are created, read, listed, changed and deleted', options, async () => {
  await using platform = await startTestPlatform();
  await using google = googleClient(platform);
  const parent = `projects/${platform.address.project}/locations/local`;
  const name = `${parent}/registries/greenhouse`;

  const created = await google.call<Registry>('createDeviceRegistry', { parent, deviceRegistry: { id: 'greenhouse' } });
  assert.equal(created.name, name);
  assert.equal((await google.call<Registry>('getDeviceRegistry', { name })).id, 'greenhouse');

  const updated = await google.call<Registry>('updateDeviceRegistry', {
    deviceRegistry: { name, mqttConfig: { mqttEnabledState: 'MQTT_DISABLED' }, logLevel: 'DEBUG' },
    updateMask: { paths: ['mqtt_config', 'log_level'] },
  });
  assert.equal(updated.mqttConfig.mqttEnabledState, 'MQTT_DISABLED');
  assert.equal(updated.logLevel, 'DEBUG');

  const all = await google.call<Registry[]>('listDeviceRegistries', { parent });
  assert.deepEqual(all.map(({ id }) => id).toSorted(), ['default', 'greenhouse']);

  await google.call('deleteDeviceRegistry', { name });
  assert.equal((await google.failure('getDeviceRegistry', { name })).problem?.code, NOT_FOUND);
});

test('@google-cloud/iot: devices are created, read, listed, changed and deleted', options, async () => {
  await using platform = await startTestPlatform();
  await using google = googleClient(platform);
  const parent = `projects/${platform.address.project}/locations/local/registries/default`;
  const publicKey = { format: 'ES256_PEM', key: new DeviceKey().publicKeyPem };
  const expirationTime = { seconds: 1_900_000_000 };

  const created = await google.call<Device>('createDevice', {
    parent,
    device: { id: 'pump-1', credentials: [{ publicKey, expirationTime }], metadata: { place: 'Cellar' } },
  });
  assert.match(created.numId, /^\d+$/);
  assert.equal(created.name, `${parent}/devices/${created.numId}`);
  assert.deepEqual(created.credentials[0]?.publicKey, publicKey);
  assert.equal(created.credentials[0]?.expirationTime.seconds, '1900000000');

  for (const name of [`${parent}/devices/pump-1`, created.name]) {
    assert.deepEqual((await google.call<Device>('getDevice', { name })).metadata, { place: 'Cellar' });
  }

  const updated = await google.call<Device>('updateDevice', {
    device: { name: created.name, blocked: true },
    updateMask: { paths: ['blocked'] },
  });
  assert.deepEqual([updated.blocked, updated.metadata], [true, { place: 'Cellar' }]);

  for (const id of ['pump-2', 'pump-3']) await google.call('createDevice', { parent, device: { id } });
  const paged = await google.call<Device[]>('listDevices', { parent, pageSize: 2 });
  assert.deepEqual(paged.map(({ id }) => id).toSorted(), ['pump-1', 'pump-2', 'pump-3']);
  const picked = await google.call<Device[]>('listDevices', {
    parent,
    deviceIds: ['pump-1', 'pump-3'],
    fieldMask: { paths: ['blocked'] },
  });
  assert.deepEqual(
    new Map(picked.map(({ id, blocked }) => [id, blocked])),
    new Map([
      ['pump-1', true],
      ['pump-3', false],
    ]),
  );

  await google.call('deleteDevice', { name: created.name });
  assert.equal((await google.failure('getDevice', { name: created.name })).problem?.code, NOT_FOUND);
});

test('@google-cloud/iot: a device is bound to a gateway, found by it, and unbound', options, async () => {
  await using platform = await startTestPlatform();
  await using google = googleClient(platform);
  const parent = `projects/${platform.address.project}/locations/local/registries/default`;
  const gatewayConfig = { gatewayType: 'GATEWAY', gatewayAuthMethod: 'ASSOCIATION_ONLY' };
  await google.call('createDevice', { parent, device: { id: 'hub-1', gatewayConfig } });
  for (const id of ['pump-1', 'pump-2']) await google.call('createDevice', { parent, device: { id } });
  const bindings = { parent, gatewayId: 'hub-1', deviceId: 'pump-1' };
  const list = async (gatewayListOptions: object) =>
    (await google.call<Device[]>('listDevices', { parent, gatewayListOptions })).map(({ id }) => id);

  await google.call('bindDeviceToGateway', bindings);
  assert.deepEqual(await list({ gatewayType: 'GATEWAY' }), ['hub-1']);
  assert.deepEqual(await list({ associationsGatewayId: 'hub-1' }), ['pump-1']);
  assert.deepEqual(await list({ associationsDeviceId: 'pump-1' }), ['hub-1']);
  await google.call('unbindDeviceFromGateway', bindings);
  assert.deepEqual(await list({ associationsGatewayId: 'hub-1' }), []);
  assert.equal((await google.failure('unbindDeviceFromGateway', bindings)).problem?.code, NOT_FOUND);
});

test('@google-cloud/iot: config versions, states and commands', options, async () => {
  await using platform = await startTestPlatform();
  await using google = googleClient(platform);
  const device = await platform.createDevice('pump-1');
  const name = device.clientId;
  const binaryData = Buffer.from('{"on":true}').toString('base64');

  const config = await google.call<Config>('modifyCloudToDeviceConfig', { name, binaryData, versionToUpdate: 1 });
  assert.deepEqual([config.version, config.binaryData], ['2', binaryData]);
  const { deviceConfigs } = await google.call<{ deviceConfigs: Config[] }>('listDeviceConfigVersions', { name });
  assert.deepEqual(
    deviceConfigs.map(({ version }) => version),
    ['2', '1'],
  );
  const stale = await google.failure('modifyCloudToDeviceConfig', { name, binaryData, versionToUpdate: 1 });
  assert.equal(stale.problem?.code, FAILED_PRECONDITION);

  const absent = await google.failure('sendCommandToDevice', { name, binaryData });
  assert.equal(absent.problem?.code, FAILED_PRECONDITION);

  await using connected = new MqttJs(device.login());
  await connected.publish(device.topic('state'), 'running', 1);
  const { deviceStates } = await google.call<{ deviceStates: State[] }>('listDeviceStates', { name });
  assert.equal(Buffer.from(deviceStates[0]?.binaryData ?? '', 'base64').toString(), 'running');

  await connected.subscribe(device.topic('commands/#'), 1);
  await google.call('sendCommandToDevice', { name, binaryData, subfolder: 'valve' });
  assert.deepEqual(await connected.nextMessage(), {
    topic: device.topic('commands/valve'),
    qos: 1,
    payload: '{"on":true}',
  });
});

test(
  '@google-cloud/iot: failures arrive with their HTTP status, canonical code, sentence and reason',
  options,
  async () => {
    await using platform = await startTestPlatform();
    await using google = googleClient(platform);
    const parent = `projects/${platform.address.project}/locations/local/registries/default`;
    await google.call('createDevice', { parent, device: { id: 'pump-1' } });

    for (const [method, request, http, code] of [
      ['getDevice', { name: `${parent}/devices/pump-9` }, 404, NOT_FOUND],
      ['createDevice', { parent, device: { id: 'pump-1' } }, 409, ALREADY_EXISTS],
      ['createDevice', { parent, device: { id: '1pump' } }, 400, INVALID_ARGUMENT],
      ['deleteDeviceRegistry', { name: parent }, 400, FAILED_PRECONDITION],
    ] as const) {
      const failure = await google.failure(method, request);
      assert.equal(failure.code, http, method);
      assert.equal(failure.problem?.code, code, method);
      assert.match(failure.problem?.reason ?? '', /^[A-Z][A-Z_]+$/);
      assert.match(failure.problem?.message ?? '', /^[A-Z].*\.$/s);
    }
  },
);

test('@google-cloud/iot: a foreign token is refused, and a role does what it may and no more', options, async () => {
  await using platform = await startTestPlatform();
  const name = `projects/${platform.address.project}/locations/local/registries/default`;
  await using stranger = googleClient(platform, 'mkiot-nobody-gave-me-this');
  assert.equal((await stranger.failure('getDeviceRegistry', { name })).code, 401);
  await using viewer = googleClient(platform, await platform.createToken('viewer'));
  assert.equal((await viewer.call<Registry>('getDeviceRegistry', { name })).id, 'default');
  assert.equal((await viewer.failure('deleteDeviceRegistry', { name })).code, 403);
});

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;

// The resources as the library decodes them: its names for enums, strings for 64-bit integers.
interface Registry {
  readonly id: string;
  readonly name: string;
  readonly mqttConfig: { readonly mqttEnabledState: string };
  readonly logLevel: string;
}

interface Device {
  readonly id: string;
  readonly name: string;
  readonly numId: string;
  readonly blocked: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly credentials: readonly {
    readonly publicKey: { readonly format: string; readonly key: string };
    readonly expirationTime: { readonly seconds: string };
  }[];
}

interface Config {
  readonly version: string;
  readonly binaryData: string;
}

interface State {
  readonly binaryData: string;
}
