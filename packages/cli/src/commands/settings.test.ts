import assert from 'node:assert/strict';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsReference } from '@mkiot/server/settings/settingsReference';
import { runCli } from '../cli.testing.ts';

test('settings lists every setting of the schema with its value', async () => {
  const { exitCode, stdout } = await runCli(['settings'], { environment: { MKIOT_MQTT_PORT: '18883' } });
  assert.equal(exitCode, 0);
  for (const { path } of settingsReference()) assert.match(stdout, new RegExp(`^${path.replace('.', '\\.')} `, 'm'));
  assert.match(stdout, /^mqtt\.port +18883 /m);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('settings reads the file in the data folder, and an option names another', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-cli-'));
  const other = join(folder.path, 'other.json');
  await writeFile(join(folder.path, 'settings.json'), '{"https":{"port":1001}}');
  await writeFile(other, '{"https":{"port":1002}}');
  const inFolder = await runCli(['settings', 'https.port', '--data', folder.path, '--json']);
  assert.equal((JSON.parse(inFolder.stdout) as { value: number }).value, 1001);
  const named = await runCli(['settings', 'https.port', '--settings', other, '--json']);
  assert.equal((JSON.parse(named.stdout) as { value: number }).value, 1002);
});

test('one setting is explained with its flag, its variable and what is allowed', async () => {
  const { stdout } = await runCli(['settings', 'mqtt.port']);
  for (const word of ['--mqtt-port', 'MKIOT_MQTT_PORT', '8883', 'a whole number from 0 to 65535']) {
    assert.ok(stdout.includes(word), word);
  }
});

test('an unknown setting is wrong usage, a wrong value is told with its name, value and what is allowed', async () => {
  const unknown = await runCli(['settings', 'mqtt.prot']);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /"mqtt\.prot".*\[SETTING_UNKNOWN\]/);
  const wrong = await runCli(['settings'], { environment: { MKIOT_MQTT_PORT: '70000' } });
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /mqtt\.port is 70000 .*from 0 to 65535.*\[SETTINGS_WRONG\]/s);
});
