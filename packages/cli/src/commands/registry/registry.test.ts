import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, startTestPlatform } from '../../platform/platform.testing.ts';

interface Registry {
  readonly id: string;
  readonly logLevel: string;
  readonly mqttConfig: { readonly mqttEnabledState: string };
  readonly policy: {
    readonly maxTokenLifetime: string;
    readonly maxSession: string;
    readonly strictStateRate: boolean;
    readonly maximumQos: number;
    readonly deviceLogin: string;
  };
}

test('a registry is made, listed, shown, changed and deleted', async () => {
  await using it = await startTestPlatform();
  const made = await it.mkiot(
    'registry',
    'create',
    'greenhouse',
    '--max-token-lifetime',
    '1h',
    '--log-level',
    'INFO',
    '--json',
  );
  assert.equal((json(made) as Registry).policy.maxTokenLifetime, '3600s');

  const listed = await it.mkiot('registry', 'list');
  assert.match(listed.stdout, /^REGISTRY +MQTT +LOG LEVEL$/m);
  assert.match(listed.stdout, /^default .*\n?greenhouse +MQTT_ENABLED +INFO$/m);

  const change = ['--max-session', '12h', '--state-rate', 'strict', '--maximum-qos', '2'];
  change.push('--device-login', 'nonce-required', '--wills', 'publish');
  assert.equal((await it.mkiot('registry', 'update', 'greenhouse', ...change, '--mqtt', 'disabled')).exitCode, 0);
  const registry = json(await it.mkiot('registry', 'get', 'greenhouse', '--json')) as Registry;
  assert.deepEqual(registry.policy, {
    maxTokenLifetime: '3600s',
    maxSession: '43200s',
    strictStateRate: true,
    maximumQos: 2,
    wills: 'PUBLISH',
    deviceLogin: 'NONCE_REQUIRED',
  });
  assert.deepEqual([registry.mqttConfig.mqttEnabledState, registry.logLevel], ['MQTT_DISABLED', 'INFO']);

  const deleted = await it.mkiot('registry', 'delete', 'greenhouse');
  assert.equal(deleted.stdout, 'Registry greenhouse is deleted.\n');
  const gone = await it.mkiot('registry', 'get', 'greenhouse');
  assert.deepEqual([gone.exitCode, gone.stdout], [1, '']);
  assert.match(gone.stderr, /greenhouse.*\[REGISTRY_NOT_FOUND\]/);
});

test('without a name the default registry is shown', async () => {
  await using it = await startTestPlatform();
  assert.match((await it.mkiot('registry', 'get')).stdout, /^Registry +default$/m);
});

test('an update that names nothing, a wrong name and a wrong duration are wrong usage', async () => {
  await using it = await startTestPlatform();
  for (const [words, code] of [
    [['update', 'default'], 'NOTHING_TO_CHANGE'],
    [['get', 'no/such/name'], 'NAME_WRONG'],
    [['create', '1st'], 'NAME_WRONG'],
    [['update', 'default', '--max-session', '1 day'], 'ARGUMENT_WRONG'],
    [['update', 'default', '--mqtt', 'on'], 'USAGE'],
  ] as const) {
    const { exitCode, stderr } = await it.mkiot('registry', ...words);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});

test('what the server refuses ends with 1 and its code', async () => {
  await using it = await startTestPlatform();
  const { exitCode, stderr } = await it.mkiot('registry', 'update', 'default', '--max-session', '25h', '--json');
  assert.equal(exitCode, 1);
  assert.equal((JSON.parse(stderr) as { error: { status: string } }).error.status, 'INVALID_ARGUMENT');
});
