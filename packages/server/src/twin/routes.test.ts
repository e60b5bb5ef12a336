import { base64Encode } from '@mkiot/core/bytes/base64';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../http/apiRoute.ts';
import { createApi } from '../http/createApi.ts';
import { deviceRoutes } from '../registry/deviceRoutes.ts';
import { NO_PRESENCES } from '../registry/registry.testing.ts';
import { deviceDetails } from './resources.ts';
import { twinRoutes } from './routes.ts';
import { ADMIN, TwinBench } from './twin.testing.ts';

const PUMP = '/v1/projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1';
const caller: Caller = { principal: ADMIN, allows: () => true };
const b64 = (text: string) => base64Encode(utf8Encode(text));

/** Calls the API of the bench and returns status and JSON. */
function apiOf(bench: TwinBench) {
  const { configs, states, commands, activities } = bench;
  const enrich = deviceDetails(configs, states);
  const routes = [
    ...twinRoutes({ configs, states, commands }),
    ...deviceRoutes({ devices: bench.registry.devices, activities, presences: NO_PRESENCES, enrich }),
  ];
  const api = createApi(routes, {
    authenticate: async () => caller,
    logger: { error: () => assert.fail('nothing of this is our fault') },
    randomFill: (bytes) => bytes,
    version: '0.0.0',
    health: () => [],
  });
  return async (method: 'GET' | 'POST', path: string, body?: object): Promise<readonly [number, unknown]> => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await api.request(path, init, { remoteAddress: '192.0.2.1', caller });
    return [response.status, await response.json()];
  };
}

test('a config is changed and its versions read in the shape of Cloud IoT', async () => {
  await using bench = await TwinBench.open();
  const call = apiOf(bench);
  await bench.addDevice('pump-1');
  const cloudUpdateTime = '2026-11-22T00:00:00.000Z';
  const version2 = { version: '2', cloudUpdateTime, binaryData: b64('fast') };
  const body = { versionToUpdate: '1', binaryData: b64('fast') };
  assert.deepEqual(await call('POST', `${PUMP}:modifyCloudToDeviceConfig?`, body), [200, version2]);
  const version1 = { version: '1', cloudUpdateTime, binaryData: '' };
  assert.deepEqual(await call('GET', `${PUMP}/configVersions`), [200, { deviceConfigs: [version2, version1] }]);
  assert.deepEqual(await call('GET', `${PUMP}/configVersions?num_versions=1`), [200, { deviceConfigs: [version2] }]);
});

test('an acknowledged config has its time, and the device shows the newest config and state', async () => {
  await using bench = await TwinBench.open();
  const call = apiOf(bench);
  const device = await bench.addDevice('pump-1', 'fast');
  const session = bench.connect(device);
  await bench.subscribeConfig(session, 1);
  bench.registry.clock.advance(1_500);
  session.acknowledge();
  bench.publishState(session, 'running', 1);
  await Promise.all([bench.acknowledgements.idle(), bench.stateWriter.idle()]);

  const time = '2026-11-22T00:00:01.500Z';
  const config = {
    version: '1',
    cloudUpdateTime: '2026-11-22T00:00:00.000Z',
    deviceAckTime: time,
    binaryData: b64('fast'),
  };
  const state = { updateTime: time, binaryData: b64('running') };
  assert.deepEqual(await call('GET', `${PUMP}/configVersions`), [200, { deviceConfigs: [config] }]);
  assert.deepEqual(await call('GET', `${PUMP}/states?numStates=10`), [200, { deviceStates: [state] }]);
  const fieldMask = 'config,state,last_config_ack_time,last_config_send_time,last_state_time';
  const shown = { lastConfigSendTime: config.cloudUpdateTime, lastConfigAckTime: time, lastStateTime: time };
  assert.deepEqual(await call('GET', `${PUMP}?fieldMask=${fieldMask}`), [200, { config, state, ...shown }]);
});

test('a command reaches the device, and its answer is empty', async () => {
  await using bench = await TwinBench.open();
  const call = apiOf(bench);
  const session = bench.connect(await bench.addDevice('pump-1'));
  session.subscribe('commands', 0);
  const body = { binaryData: b64('open'), subfolder: 'valve/left' };
  assert.deepEqual(await call('POST', `${PUMP}:sendCommandToDevice?`, body), [200, {}]);
  assert.deepEqual(await call('POST', `${PUMP}:sendCommandToDevice`, { binary_data: '' }), [200, {}]);
  assert.deepEqual(session.received, [
    { kind: 'commands', subfolder: 'valve/left', text: 'open' },
    { kind: 'commands', subfolder: '', text: '' },
  ]);
});

// On a device "pump-1" that is not connected.
const REFUSED: readonly (readonly ['GET' | 'POST', string, object | undefined, number, string])[] = [
  ['POST', `${PUMP}:sendCommandToDevice`, { binaryData: '' }, 400, 'FAILED_PRECONDITION'],
  ['POST', `${PUMP}:sendCommandToDevice`, { binaryData: '', subfolder: 'a/#' }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${PUMP}:sendCommandToDevice`, { binaryData: '*' }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${PUMP}:sendCommandToDevice`, { binaryData: '', unknown: 1 }, 400, 'INVALID_ARGUMENT'],
  ['POST', `${PUMP}:modifyCloudToDeviceConfig`, { versionToUpdate: 7, binaryData: '' }, 400, 'FAILED_PRECONDITION'],
  ['POST', `${PUMP}:modifyCloudToDeviceConfig`, { versionToUpdate: -1, binaryData: '' }, 400, 'INVALID_ARGUMENT'],
  [
    'POST',
    `${PUMP}:modifyCloudToDeviceConfig`,
    { binaryData: Buffer.alloc(65_537).toString('base64') },
    400,
    'INVALID_ARGUMENT',
  ],
  ['POST', `${PUMP}x:modifyCloudToDeviceConfig`, { binaryData: '' }, 404, 'NOT_FOUND'],
  ['GET', `${PUMP}/configVersions?numVersions=-1`, undefined, 400, 'INVALID_ARGUMENT'],
  ['GET', `${PUMP}x/configVersions`, undefined, 404, 'NOT_FOUND'],
  ['GET', `${PUMP}x/states`, undefined, 404, 'NOT_FOUND'],
];
for (const [method, path, body, code, status] of REFUSED) {
  const shown = body === undefined ? '' : ` with ${JSON.stringify(body).slice(0, 60)}`;
  test(`${method} ${path.replace(PUMP, '')}${shown} is ${status}`, async () => {
    await using bench = await TwinBench.open();
    await bench.addDevice('pump-1');
    const [httpStatus, answer] = await apiOf(bench)(method, path, body);
    assert.partialDeepStrictEqual([httpStatus, answer], [code, { error: { code, status } }]);
  });
}
