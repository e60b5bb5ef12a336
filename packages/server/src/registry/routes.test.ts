import type { Device, DeviceRegistry, ProblemResponse } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type Api, createApi } from '../http/createApi.ts';
import { DeviceActivities } from './activity.ts';
import { deviceRoutes } from './deviceRoutes.ts';
import { NO_PRESENCES, REGISTRY, registryBench, type RegistryBench } from './registry.testing.ts';
import { registryRoutes } from './registryRoutes.ts';
import { certificateBench, hasOpenssl } from './x509.testing.ts';

const REGISTRIES = '/v1/projects/mkiot-abc123/locations/local/registries';
const DEVICES = `${REGISTRIES}/${REGISTRY.registry}/devices`;
const PUBLIC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });

interface HttpBench extends RegistryBench {
  readonly activities: DeviceActivities;
  readonly api: Api;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a test names the resource it expects
  send<Answer = Record<string, unknown>>(
    call: string,
    body?: object,
  ): Promise<{ status: number; answer: Answer & Partial<ProblemResponse>; reason: unknown }>;
}

async function httpBench(presences = NO_PRESENCES): Promise<HttpBench> {
  const configs = new Map<number, string>();
  const bench = await registryBench({
    created: [async (_executor, { numId }, config) => void configs.set(numId, Buffer.from(config).toString('base64'))],
  });
  const activities = new DeviceActivities(bench.database, bench.clock, assert.ifError);
  const enrich = async (numId: number) => ({
    config: { version: '1', cloudUpdateTime: '2026-11-22T00:00:00.000Z', binaryData: configs.get(numId) ?? '' },
  });
  const routes = [
    ...registryRoutes(bench.registries),
    ...deviceRoutes({ devices: bench.devices, activities, presences, enrich }),
  ];
  const api = createApi(routes, {
    authenticate: () => assert.fail('the caller is known'),
    logger: { error: (entry: unknown) => assert.fail(JSON.stringify(entry)) },
    randomFill: (bytes) => bytes,
    version: '0',
    health: () => [],
  });
  const caller = { principal: 'token:1 (tests)', allows: () => true };
  return {
    ...bench,
    activities,
    api,
    async send(call, body) {
      const [method = '', path = ''] = call.split(' ');
      const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await api.request(path, init, { remoteAddress: '192.0.2.1', caller });
      const answer = (await response.json()) as never;
      return { status: response.status, answer, reason: (answer as ProblemResponse).error?.details[0]?.['reason'] };
    },
  };
}

test('a device created as @google-cloud/iot sends it comes back whole, its name ending in the numeric id', async () => {
  await using bench = await httpBench();
  const { status, answer: created } = await bench.send<Device>(`POST ${DEVICES}?`, {
    credentials: [{ publicKey: { format: 2, key: PUBLIC_KEY }, expirationTime: '2033-11-14T22:13:20.000Z' }],
    metadata: { site: 'north' },
    id: 'pump-1',
    blocked: false,
    gatewayConfig: { gatewayType: 1, gatewayAuthMethod: 1 },
    config: { binary_data: 'aGVsbG8' },
    logLevel: 30,
  });
  assert.equal(status, 200);
  assert.match(created.numId, /^[23][0-9]{15}$/);
  assert.deepEqual(created, {
    id: 'pump-1',
    name: `projects/mkiot-abc123/locations/local/registries/pumps/devices/${created.numId}`,
    numId: created.numId,
    credentials: [{ publicKey: { format: 'ES256_PEM', key: PUBLIC_KEY }, expirationTime: '2033-11-14T22:13:20.000Z' }],
    blocked: false,
    metadata: { site: 'north' },
    logLevel: 'INFO',
    gatewayConfig: { gatewayType: 'GATEWAY', gatewayAuthMethod: 'ASSOCIATION_ONLY' },
    config: { version: '1', cloudUpdateTime: '2026-11-22T00:00:00.000Z', binaryData: 'aGVsbG8=' },
  });
  for (const id of ['pump-1', created.numId]) {
    assert.deepEqual((await bench.send(`GET ${DEVICES}/${id}?`)).answer, created);
  }
});

test('a key that expires in 1970, as IoT Core showed it, never expires; any other past is past', async () => {
  const bench = await httpBench();
  const publicKey = { format: 'ES256_PEM', key: PUBLIC_KEY };
  const times = ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01Z'];
  const credentials = times.map((expirationTime) => ({ publicKey, expirationTime }));
  const { answer } = await bench.send<Device>(`POST ${DEVICES}`, { id: 'pump-1', credentials });
  assert.deepEqual(
    answer.credentials?.map(({ expirationTime }) => expirationTime),
    [undefined, '1970-01-01T00:00:01.000Z'],
  );
});

test('a device id with % and + is named in a path by its percent-encoding', async () => {
  await using bench = await httpBench();
  await bench.send(`POST ${DEVICES}`, { id: 'a%41+b' });
  assert.equal((await bench.send<Device>(`GET ${DEVICES}/a%2541+b`)).answer.id, 'a%41+b');
  assert.equal((await bench.send(`GET ${DEVICES}/a%41+b`)).reason, 'DEVICE_NOT_FOUND');
});

test('what a device was last seen doing is told with it', async () => {
  await using bench = await httpBench();
  const { answer } = await bench.send<Device>(`POST ${DEVICES}`, { id: 'pump-1' });
  const numId = Number(answer.numId);
  const atMs = Date.UTC(2026, 10, 22, 12);
  for (const kind of ['heartbeat', 'event', 'state', 'configAck', 'configSend'] as const) {
    bench.activities.mark(numId, kind, atMs);
  }
  bench.activities.markError(numId, { code: 8, message: 'too fast' }, atMs);
  const { answer: device } = await bench.send<Device>(`GET ${DEVICES}/pump-1`);
  const time = '2026-11-22T12:00:00.000Z';
  for (const member of ['Heartbeat', 'Event', 'State', 'ConfigAck', 'ConfigSend', 'Error'] as const) {
    assert.equal(device[`last${member}Time`], time, member);
  }
  assert.deepEqual(device.lastErrorStatus, { code: 8, message: 'too fast' });
  await bench.activities.close();
});

test('only the mask decides what an update changes: a named field that is absent is cleared', async () => {
  await using bench = await httpBench();
  const credentials = [{ publicKey: { format: 'ES256_PEM', key: PUBLIC_KEY } }];
  const created = await bench.send<Device>(`POST ${DEVICES}`, {
    id: 'pump-1',
    metadata: { site: 'north' },
    credentials,
  });
  const blocked = await bench.send(`PATCH ${DEVICES}/pump-1?updateMask=blocked`, { metadata: {}, blocked: true });
  assert.deepEqual(blocked.answer, { ...created.answer, blocked: true });
  const cleared = await bench.send(`PATCH ${DEVICES}/pump-1?update_mask=metadata%2Cblocked%2Clog_level`, {
    log_level: 'DEBUG',
  });
  assert.deepEqual(cleared.answer, { ...created.answer, metadata: {}, logLevel: 'DEBUG' });
  const gateway = await bench.send<Device>(
    `PATCH ${DEVICES}/pump-1?updateMask=gatewayConfig.gatewayAuthMethod,credentials`,
    {
      gatewayConfig: { gatewayType: 'GATEWAY', gatewayAuthMethod: 3 },
    },
  );
  assert.deepEqual(gateway.answer.gatewayConfig, {
    gatewayType: 'GATEWAY_TYPE_UNSPECIFIED',
    gatewayAuthMethod: 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN',
  });
  assert.deepEqual(gateway.answer.credentials, []);
});

test('a device read and sent back whole in an update is taken', async () => {
  await using bench = await httpBench();
  const { answer } = await bench.send<Device>(`POST ${DEVICES}`, { id: 'pump-1', config: { binaryData: 'eA==' } });
  bench.activities.mark(Number(answer.numId), 'event', 1_000);
  const { answer: read } = await bench.send<Device>(`GET ${DEVICES}/pump-1`);
  const sent = await bench.send(`PATCH ${DEVICES}/pump-1?updateMask=blocked`, { ...read, blocked: true });
  assert.deepEqual(sent.answer, { ...read, blocked: true });
  await bench.activities.close();
});

test('a fieldMask shows what it names; a list without one shows the two ids', async () => {
  await using bench = await httpBench();
  const { answer } = await bench.send<Device>(`POST ${DEVICES}`, {
    id: 'pump-1',
    gatewayConfig: { gatewayType: 'GATEWAY' },
  });
  const { numId } = answer;
  const masked = await bench.send(
    `GET ${DEVICES}/pump-1?fieldMask=id%2Clast_heartbeat_time%2Cgateway_config.gateway_type`,
  );
  assert.deepEqual(masked.answer, { id: 'pump-1', gatewayConfig: { gatewayType: 'GATEWAY' } });
  assert.deepEqual((await bench.send(`GET ${DEVICES}`)).answer, { devices: [{ id: 'pump-1', numId }] });
  const query = `deviceNumIds=${numId}&deviceNumIds=7&deviceIds=d1&deviceIds=d2&fieldMask=log_level,config&pageSize=100`;
  assert.deepEqual((await bench.send(`GET ${DEVICES}?${query}`)).answer, {
    devices: [{ id: 'pump-1', numId, logLevel: 'LOG_LEVEL_UNSPECIFIED', config: answer.config }],
  });
});

test('lists come in pages', async () => {
  await using bench = await httpBench();
  for (const id of ['aaa', 'bbb', 'ccc']) {
    await bench.send(`POST ${DEVICES}`, { id });
    await bench.send(`POST ${REGISTRIES}`, { id });
  }
  for (const [path, member, ids] of [
    [DEVICES, 'devices', ['aaa', 'bbb', 'ccc']],
    [REGISTRIES, 'deviceRegistries', ['aaa', 'bbb', 'ccc', 'pumps']],
  ] as const) {
    const found: string[] = [];
    let pageToken = '';
    do {
      const { answer } = await bench.send(`GET ${path}?pageSize=2&pageToken=${pageToken}`);
      found.push(...(answer[member] as { id: string }[]).map(({ id }) => id));
      pageToken = (answer['nextPageToken'] as string | undefined) ?? '';
    } while (pageToken !== '');
    assert.deepEqual(found, ids);
  }
  assert.equal((await bench.send(`GET ${DEVICES}?gateway_list_options.gateway_type=2`)).status, 200);
});

test('a registry has its defaults, and an update of part of its policy leaves the rest', async () => {
  await using bench = await httpBench();
  const created = await bench.send<DeviceRegistry>(`POST ${REGISTRIES}`, {
    id: 'valves',
    policy: { maxSession: '3600s' },
    event_notification_configs: [],
    stateNotificationConfig: { pubsubTopicName: '' },
  });
  assert.deepEqual(created.answer, {
    id: 'valves',
    name: 'projects/mkiot-abc123/locations/local/registries/valves',
    mqttConfig: { mqttEnabledState: 'MQTT_ENABLED' },
    httpConfig: { httpEnabledState: 'HTTP_ENABLED' },
    logLevel: 'LOG_LEVEL_UNSPECIFIED',
    credentials: [],
    policy: {
      maxTokenLifetime: '86400s',
      maxSession: '3600s',
      strictStateRate: false,
      maximumQos: 1,
      wills: 'IGNORE',
      deviceLogin: 'CLOCK_ALLOWED',
    },
  });
  const mask = 'mqtt_config%2Cevent_notification_configs%2Cpolicy.max_token_lifetime';
  const updated = await bench.send(`PATCH ${REGISTRIES}/valves?updateMask=${mask}`, {
    mqttConfig: { mqttEnabledState: 2 },
    policy: { maxTokenLifetime: '60s', strictStateRate: true, maximumQos: 2, wills: 2, deviceLogin: 'NONCE_REQUIRED' },
  });
  assert.deepEqual(updated.answer, {
    ...created.answer,
    mqttConfig: { mqttEnabledState: 'MQTT_DISABLED' },
    policy: { ...created.answer.policy, maxTokenLifetime: '60s' },
  });
  assert.deepEqual((await bench.send(`GET ${REGISTRIES}/valves`)).answer, updated.answer);
  const cleared = await bench.send<DeviceRegistry>(
    `PATCH ${REGISTRIES}/valves?updateMask=policy,mqttConfig.mqttEnabledState`,
    {},
  );
  assert.deepEqual(cleared.answer.policy, { ...created.answer.policy, maxSession: '86400s' });
  assert.equal(cleared.answer.mqttConfig.mqttEnabledState, 'MQTT_ENABLED');
  const [last] = await bench.auditTrail.list(1);
  assert.deepEqual(Object.keys(last?.after ?? {}), ['policy', 'mqttState']);
});

test('what a device has to show at its login is a setting of the registry, and each change of it is audited', async () => {
  await using bench = await httpBench();
  const change = `PATCH ${REGISTRIES}/pumps?updateMask=policy.device_login`;
  for (const [deviceLogin, stored] of [
    ['NONCE_REQUIRED', 'NONCE_REQUIRED'],
    [3, 'EXPORTER_REQUIRED'],
    [undefined, 'CLOCK_ALLOWED'],
  ]) {
    const { answer } = await bench.send<DeviceRegistry>(change, { policy: { deviceLogin } });
    assert.equal(answer.policy?.deviceLogin, stored);
    const [last] = await bench.auditTrail.list(1);
    assert.partialDeepStrictEqual(last?.after, { policy: { deviceLogin: stored } });
  }
  assert.equal((await bench.send(change, { policy: { deviceLogin: 'ANYBODY' } })).status, 400);
});

test('a registry is deleted when it has no devices', async () => {
  await using bench = await httpBench();
  await bench.send(`POST ${DEVICES}`, { id: 'pump-1' });
  const refused = await bench.send(`DELETE ${REGISTRIES}/pumps`);
  assert.deepEqual([refused.status, refused.reason], [400, 'REGISTRY_NOT_EMPTY']);
  assert.equal(refused.answer.error?.status, 'FAILED_PRECONDITION');
  assert.deepEqual((await bench.send(`DELETE ${DEVICES}/pump-1`)).answer, {});
  assert.deepEqual((await bench.send(`DELETE ${REGISTRIES}/pumps`)).answer, {});
  assert.equal((await bench.send(`GET ${REGISTRIES}/pumps`)).reason, 'REGISTRY_NOT_FOUND');
});

test(
  'a registry tells of its certificates what they say of themselves',
  { skip: !(await hasOpenssl()) && 'openssl is not installed' },
  async () => {
    await using bench = await httpBench();
    await using certificates = await certificateBench();
    const { pem } = await certificates.make('root');
    const credentials = [{ publicKeyCertificate: { format: 'X509_CERTIFICATE_PEM', certificate: pem } }];
    const { answer } = await bench.send<DeviceRegistry>(`PATCH ${REGISTRIES}/pumps?updateMask=credentials`, {
      credentials,
    });
    assert.deepEqual(answer.credentials, [
      {
        publicKeyCertificate: {
          ...credentials[0]?.publicKeyCertificate,
          x509Details: {
            issuer: 'CN=root',
            subject: 'CN=root',
            startTime: '2026-01-01T00:00:00.000Z',
            expiryTime: '2027-01-01T00:00:00.000Z',
            signatureAlgorithm: 'ecdsa-with-SHA256',
            publicKeyType: 'ec',
          },
        },
      },
    ]);
    const plain = { id: 'pump-1', credentials: [{ publicKey: { format: 'ES256_PEM', key: PUBLIC_KEY } }] };
    assert.equal((await bench.send(`POST ${DEVICES}`, plain)).reason, 'CREDENTIAL_NOT_A_CERTIFICATE');
    assert.deepEqual(
      (
        await bench.send<DeviceRegistry>(`PATCH ${REGISTRIES}/pumps?updateMask=credentials`, {
          ...answer,
          credentials: answer.credentials,
        })
      ).answer,
      answer,
    );
  },
);

const REFUSED: readonly [what: string, call: string, body: object | undefined, status: number, reason: string][] = [
  [
    'a registry in another project',
    'POST /v1/projects/mkiot-other1/locations/local/registries',
    { id: 'valves' },
    404,
    'LOCATION_UNKNOWN',
  ],
  [
    'a list of another location',
    'GET /v1/projects/mkiot-abc123/locations/moon/registries',
    undefined,
    404,
    'LOCATION_UNKNOWN',
  ],
  ['a registry that is there', `POST ${REGISTRIES}`, { id: 'pumps' }, 409, 'REGISTRY_EXISTS'],
  ['a registry without an id', `POST ${REGISTRIES}`, {}, 400, 'RESOURCE_ID_UNFIT'],
  [
    'a registry with topics to notify',
    `POST ${REGISTRIES}`,
    { id: 'valves', eventNotificationConfigs: [{ pubsubTopicName: 't' }] },
    501,
    'NOTIFICATION_CONFIG_UNSUPPORTED',
  ],
  [
    'a state topic to notify',
    `POST ${REGISTRIES}`,
    { id: 'valves', stateNotificationConfig: { pubsubTopicName: 't' } },
    501,
    'NOTIFICATION_CONFIG_UNSUPPORTED',
  ],
  [
    'a token lifetime over a day',
    `POST ${REGISTRIES}`,
    { id: 'valves', policy: { maxTokenLifetime: '86401s' } },
    400,
    'POLICY_DURATION_UNFIT',
  ],
  [
    'a session of no time',
    `POST ${REGISTRIES}`,
    { id: 'valves', policy: { maxSession: '0s' } },
    400,
    'POLICY_DURATION_UNFIT',
  ],
  [
    'a registry certificate that is none',
    `PATCH ${REGISTRIES}/pumps?updateMask=credentials`,
    { credentials: [{ publicKeyCertificate: { certificate: 'x' } }] },
    400,
    'CERTIFICATE_UNREADABLE',
  ],
  [
    'an update of a registry that is not there',
    `PATCH ${REGISTRIES}/valves?updateMask=logLevel`,
    {},
    404,
    'REGISTRY_NOT_FOUND',
  ],
  ['an update without a mask', `PATCH ${REGISTRIES}/pumps`, {}, 400, 'UPDATE_MASK_EMPTY'],
  ['an update with an empty mask', `PATCH ${REGISTRIES}/pumps?updateMask=`, {}, 400, 'UPDATE_MASK_EMPTY'],
  [
    'an update of a registry id',
    `PATCH ${REGISTRIES}/pumps?updateMask=id`,
    { id: 'valves' },
    400,
    'FIELD_NOT_UPDATABLE',
  ],
  ['an update of a device without a mask', `PATCH ${DEVICES}/pump-1`, { blocked: true }, 400, 'UPDATE_MASK_EMPTY'],
  [
    'an update of a numeric id',
    `PATCH ${DEVICES}/pump-1?updateMask=num_id`,
    { numId: '7' },
    400,
    'FIELD_NOT_UPDATABLE',
  ],
  [
    'an update of what only the server sets',
    `PATCH ${DEVICES}/pump-1?updateMask=lastEventTime`,
    {},
    400,
    'FIELD_NOT_UPDATABLE',
  ],
  ['an update of a config', `PATCH ${DEVICES}/pump-1?updateMask=config`, {}, 400, 'FIELD_NOT_UPDATABLE'],
  [
    'an update of one metadata pair',
    `PATCH ${DEVICES}/pump-1?updateMask=metadata.site`,
    {},
    400,
    'FIELD_NOT_UPDATABLE',
  ],
  [
    'a device in a registry that is not there',
    `POST ${REGISTRIES}/valves/devices`,
    { id: 'pump-2' },
    404,
    'REGISTRY_NOT_FOUND',
  ],
  ['a device that is there', `POST ${DEVICES}`, { id: 'pump-1' }, 409, 'DEVICE_EXISTS'],
  [
    'a device that is called like a numeric id',
    `POST ${DEVICES}`,
    { id: '2345678901234567' },
    400,
    'RESOURCE_ID_UNFIT',
  ],
  [
    'a first config with a version',
    `POST ${DEVICES}`,
    { id: 'pump-2', config: { version: '2' } },
    400,
    'CONFIG_VERSION_GIVEN',
  ],
  [
    'a config that is no base64',
    `POST ${DEVICES}`,
    { id: 'pump-2', config: { binaryData: '123' } },
    400,
    'REQUEST_INVALID',
  ],
  [
    'an unknown key format',
    `POST ${DEVICES}`,
    { id: 'pump-2', credentials: [{ publicKey: { format: 9, key: '' } }] },
    400,
    'REQUEST_INVALID',
  ],
  [
    'a key that is none',
    `POST ${DEVICES}`,
    { id: 'pump-2', credentials: [{ publicKey: { format: 2, key: 'x' } }] },
    400,
    'KEY_NOT_PEM',
  ],
  [
    'a key without end',
    `POST ${DEVICES}`,
    { id: 'pump-2', credentials: [{ publicKey: { format: 2, key: 'x'.repeat(16_385) } }] },
    400,
    'REQUEST_INVALID',
  ],
  ['an unknown member', `POST ${DEVICES}`, { id: 'pump-2', colour: 'red' }, 400, 'REQUEST_INVALID'],
  ['metadata that is no text', `POST ${DEVICES}`, { id: 'pump-2', metadata: { site: 5 } }, 400, 'REQUEST_INVALID'],
  ['metadata with a bad key', `POST ${DEVICES}`, { id: 'pump-2', metadata: { '1': 'x' } }, 400, 'METADATA_KEY_UNFIT'],
  ['an unknown log level', `PATCH ${DEVICES}/pump-1?updateMask=logLevel`, { logLevel: 31 }, 400, 'REQUEST_INVALID'],
  ['a device that is not there', `GET ${DEVICES}/pump-2`, undefined, 404, 'DEVICE_NOT_FOUND'],
  ['a numeric id that is not there', `GET ${DEVICES}/2000000000000000`, undefined, 404, 'DEVICE_NOT_FOUND'],
  ['a deletion of a device that is not there', `DELETE ${DEVICES}/pump-2`, undefined, 404, 'DEVICE_NOT_FOUND'],
  ['a fieldMask with an unknown field', `GET ${DEVICES}?fieldMask=colour`, undefined, 400, 'FIELD_UNKNOWN'],
  ['a negative page', `GET ${DEVICES}?pageSize=-1`, undefined, 400, 'REQUEST_INVALID'],
  ['a foreign page token', `GET ${REGISTRIES}?pageToken=*`, undefined, 400, 'PAGE_TOKEN_MALFORMED'],
  [
    'a list by a gateway that is not there',
    `GET ${DEVICES}?gatewayListOptions.associationsGatewayId=hub-1`,
    undefined,
    404,
    'DEVICE_NOT_FOUND',
  ],
  ['a group (second binding)', `GET ${REGISTRIES}/pumps/groups/g1/devices/pump-1`, undefined, 404, 'ROUTE_NOT_FOUND'],
];

for (const [what, call, body, status, reason] of REFUSED) {
  test(`${what} is refused: ${status} ${reason}, and nothing is changed`, async () => {
    await using bench = await httpBench();
    await bench.send(`POST ${DEVICES}`, { id: 'pump-1' });
    const head = await bench.auditTrail.head();
    const found = await bench.send(call, body);
    assert.deepEqual([found.status, found.reason], [status, reason]);
    assert.equal(await bench.auditTrail.head(), head);
  });
}

test('devices are listed by whether they are connected, in pages, and beside the other filters', async () => {
  const connected = new Set<number>();
  await using bench = await httpBench({
    connected: () => [...connected],
    read: async (numIds) => new Map(numIds.map((numId) => [numId, { connected: connected.has(numId) }])),
  });
  for (const number of [1, 2, 3, 4]) {
    const { numId } = await bench.devices.create({ ...REGISTRY, device: `pump-${number}` }, {}, 'local:test');
    if (number !== 2) connected.add(numId);
  }
  const list = async (query: string) => {
    const { answer } = await bench.send<{ devices: Device[]; nextPageToken?: string }>(`GET ${DEVICES}?${query}`);
    return { ids: answer.devices.map(({ id }) => id), ...answer };
  };

  assert.deepEqual((await list('connected=true')).ids, ['pump-1', 'pump-3', 'pump-4']);
  assert.deepEqual((await list('connected=false')).ids, ['pump-2']);
  assert.deepEqual((await list('connected=true&deviceIds=pump-2&deviceIds=pump-3')).ids, ['pump-3']);
  const { ids, nextPageToken } = await list('connected=true&pageSize=2');
  assert.deepEqual(ids, ['pump-1', 'pump-3']);
  assert.deepEqual((await list(`connected=true&pageToken=${nextPageToken}`)).ids, ['pump-4']);
  const { devices } = await list('fieldMask=presence');
  assert.deepEqual(
    devices.map(({ presence }) => presence?.connected),
    [true, false, true, true],
  );
  assert.equal((await bench.send(`GET ${DEVICES}?connected=maybe`)).status, 400);
});

test('presence is told, and what a client sends of it is ignored', async () => {
  await using bench = await httpBench({ connected: () => [], read: async () => new Map([[1, { connected: true }]]) });
  await bench.send(`POST ${DEVICES}`, { id: 'pump-1', presence: { connected: true } });
  const { answer } = await bench.send<Device>(`GET ${DEVICES}/pump-1`);
  assert.equal(answer.presence, undefined);
  const { reason } = await bench.send(`PATCH ${DEVICES}/pump-1?updateMask=presence`, { presence: {} });
  assert.equal(reason, 'FIELD_NOT_UPDATABLE');
});
