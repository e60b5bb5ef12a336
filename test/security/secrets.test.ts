import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { DeviceKey } from '../support/deviceKey.ts';
import { startTestPlatform } from '../support/testPlatform.ts';

test('tokens and payloads are neither in the log, at any level, nor readable on the disk', async () => {
  const lines: string[] = [];
  await using platform = await startTestPlatform({ log: (line) => lines.push(line) });
  const device = await platform.createDevice('pump-1');
  const { address, adminToken } = platform;
  const viewerToken = await platform.createToken('viewer');
  const forgedToken = new DeviceKey().token(address.project);
  const login = device.login();

  await using stranger = new MqttJs({ ...login, password: forgedToken });
  assert.equal(await stranger.returnCode, 5);
  await using client = new MqttJs(login);
  assert.equal(await client.returnCode, 0);
  await client.subscribe(device.topic('nonce'), 1);
  const ticket = (await client.nextMessage()).payload;
  const renewals = [device.login().password, new DeviceKey().token(address.project)];
  for (const renewal of renewals) await client.publish(device.topic('token'), renewal, 1);
  await client.subscribe(device.topic('commands/#'), 1);
  const payloads = { event: 'secret-event', state: 'secret-state', config: 'secret-config', command: 'secret-command' };
  await client.publish(device.topic('events'), payloads.event, 1);
  await client.publish(device.topic('state'), payloads.state, 1);
  await platform.devices.modifyConfig(device.name, Buffer.from(payloads.config));
  await platform.devices.sendCommand(device.name, Buffer.from(payloads.command));
  const answer = await fetch(`http://127.0.0.1:${address.loopbackPort}/v1/whoami`, {
    headers: { authorization: 'Bearer secret-guess' },
  });
  assert.equal(answer.status, 401);

  const log = lines.join('');
  assert.match(log, /pump-1/, 'the log has been written');
  const tokens = [adminToken, viewerToken, login.password, forgedToken, 'secret-guess', ticket, ...renewals];
  for (const secret of [...tokens, ...Object.values(payloads), Buffer.from(payloads.config).toString('base64')]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
  for (const file of filesIn(address.dataFolder)) {
    const bytes = await readFile(file);
    for (const token of tokens) assert.ok(!bytes.includes(token), `${file} holds a token`);
  }
});

test('nothing in the data folder of a working platform can be opened by another user', async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  await using client = new MqttJs(device.login());
  await client.publish(device.topic('events'), 'level', 1);

  const { dataFolder } = platform.address;
  const paths = globSync('**', { cwd: dataFolder }).map((path) => join(dataFolder, path));
  assert.ok(
    paths.some((path) => path.endsWith('.events')),
    'the event log has a file',
  );
  for (const path of paths) {
    const { mode } = await stat(path);
    assert.equal(mode & 0o077, 0, `${path} has the mode ${(mode & 0o777).toString(8)}`);
  }
});

function filesIn(folder: string): readonly string[] {
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
