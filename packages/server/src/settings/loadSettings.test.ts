import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings, type SettingsSources } from './loadSettings.ts';
import { settingsSchema } from './settings.ts';

/** A home folder with a data folder in it and, if given, a settings file in that. */
async function home(settingsFile?: unknown) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot settings ü-'));
  const data = join(folder.path, '.local/share/mkiot');
  await mkdir(data, { recursive: true });
  const file = join(data, 'settings.json');
  const text = typeof settingsFile === 'string' ? settingsFile : JSON.stringify(settingsFile);
  if (settingsFile !== undefined) await writeFile(file, text);
  return {
    data,
    file,
    load: (sources: SettingsSources = {}) =>
      loadSettings({ homeFolder: folder.path, workingFolder: folder.path, ...sources }),
    path: folder.path,
    [Symbol.asyncDispose]: () => folder.remove(),
  };
}

test('without any source the settings are the defaults, in the home folder', async () => {
  await using place = await home();
  const settings = await place.load();
  assert.deepEqual(settings, { ...settingsSchema.parse({}), dataFolder: place.data });
  assert.equal(settings.mqtt.port, 8883);
  assert.equal(settings.project.id, undefined);
});

test('a flag goes before the environment, the environment before the file, the file before the default', async () => {
  await using place = await home({
    mqtt: { port: 3 },
    https: { port: 3 },
    loopback: { port: 3, enabled: false },
    certificates: { names: ['file.example'] },
  });
  const settings = await place.load({
    flags: { 'mqtt.port': '1', 'certificates.names': 'a.example, 10.0.0.1,::1' },
    environment: { MKIOT_MQTT_PORT: '2', MKIOT_HTTPS_PORT: '2', MKIOT_LOOPBACK_PORT: '', PATH: '/bin' },
  });
  assert.deepEqual([settings.mqtt.port, settings.https.port, settings.loopback.port], [1, 2, 3]);
  assert.equal(settings.loopback.enabled, false);
  assert.deepEqual(settings.certificates.names, ['a.example', '10.0.0.1', '::1']);
  assert.equal(settings.events.retentionDays, 365);
});

test('the data folder decides which settings file is read, and --settings reads another', async () => {
  await using place = await home();
  const other = join(place.path, 'other');
  await mkdir(other);
  await writeFile(join(other, 'settings.json'), '\uFEFF{"log": {"level": "debug"}}');
  assert.equal((await place.load({ flags: { dataFolder: 'other' } })).log.level, 'debug');
  assert.equal((await place.load({ environment: { MKIOT_DATA_FOLDER: '~/other' } })).log.level, 'debug');
  const settings = await place.load({ file: 'other/settings.json' });
  assert.deepEqual([settings.log.level, settings.dataFolder], ['debug', place.data]);
});

test('a relative path in a file starts at that file, one in a flag at the working folder', async () => {
  await using place = await home({ auditTrail: { headFile: '../head.txt' } });
  assert.equal((await place.load()).auditTrail.headFile, join(place.data, '../head.txt'));
  const flags = { 'auditTrail.headFile': './head.txt' };
  assert.equal((await place.load({ flags })).auditTrail.headFile, join(place.path, 'head.txt'));
});

test('an explicit settings file may say where the data folder is; the one in the data folder may not', async () => {
  await using place = await home({ dataFolder: '/elsewhere' });
  assert.equal((await place.load({ file: place.file })).dataFolder, '/elsewhere');
  await assert.rejects(place.load(), { code: 'SETTINGS_WRONG', message: /cannot say where that file itself lies/ });
});

test('a preset stands before the defaults, and behind every quota that is given by itself', async () => {
  await using place = await home({ quotas: { preset: 'iot-core', connections: 7, statesPerMinute: 0 } });
  const { quotas } = await place.load({ environment: { MKIOT_QUOTAS_EVENTS_PER_MINUTE: '9' } });
  const { preset, connections, statesPerMinute, eventsPerMinute, deviceMessagesPerSecond } = quotas;
  assert.deepEqual([preset, connections, statesPerMinute], ['iot-core', 7, 0]);
  assert.deepEqual([eventsPerMinute, deviceMessagesPerSecond], [9, 100]);
  const { quotas: without } = await place.load({ flags: { 'quotas.preset': 'none' } });
  assert.deepEqual([without.connections, without.deviceMessagesPerSecond], [7, 0]);
});

const WRONG: readonly {
  readonly name: string;
  readonly sources?: SettingsSources;
  readonly file?: unknown;
  readonly says: RegExp;
}[] = [
  {
    name: 'a port too high, by flag',
    sources: { flags: { 'mqtt.port': '70000' } },
    says: /mqtt\.port is 70000 \(from the flag --mqtt-port\); allowed is a whole number from 0 to 65535/,
  },
  {
    name: 'a port that is no number, by environment',
    sources: { environment: { MKIOT_MQTT_PORT: '8883x' } },
    says: /mqtt\.port is "8883x" \(from the environment variable MKIOT_MQTT_PORT\)/,
  },
  {
    name: 'a port with a fraction',
    file: { mqtt: { port: 1.5 } },
    says: /mqtt\.port is 1\.5 \(from the file .*settings\.json\)/,
  },
  { name: 'a port as text in a file', file: { mqtt: { port: '8883' } }, says: /mqtt\.port is "8883"/ },
  { name: 'null', file: { mqtt: { port: null } }, says: /mqtt\.port is null/ },
  {
    name: 'a switch that is neither on nor off',
    sources: { flags: { 'metrics.enabled': 'yes' } },
    says: /"yes".*true or false/,
  },
  { name: 'a level that is none', sources: { flags: { 'log.level': 'loud' } }, says: /"loud".*one of fatal, error/ },
  { name: 'a project id', sources: { flags: { 'project.id': 'Pump House' } }, says: /project\.id is "Pump House"/ },
  { name: 'a host with a port', sources: { flags: { 'mqtt.host': '0.0.0.0:8883' } }, says: /mqtt\.host.*IPv4 or IPv6/ },
  {
    name: 'one bad name of several',
    sources: { flags: { 'certificates.names': 'a.example,b c' } },
    says: /certificates\.names is \["a\.example","b c"\]/,
  },
  { name: 'an empty flag', sources: { flags: { dataFolder: '' } }, says: /dataFolder is "" \(from the flag --data\)/ },
  {
    name: 'a misspelt name in the file',
    file: { mqtt: { prot: 1 } },
    says: /"mqtt\.prot" in the file .* Did you mean "mqtt\.port"\?/,
  },
  { name: 'a group that is none', file: { colours: { red: 1 } }, says: /"colours" in the file .* is not a setting\./ },
  { name: 'a group given as a value', file: { mqtt: 8883 }, says: /"mqtt" in the file .* is a group/ },
  { name: 'a file with a list', file: [1], says: /must hold one object/ },
  { name: 'a prototype in disguise', file: '{"__proto__": {"mqtt": {"port": 1}}}', says: /"__proto__" in the file/ },
  {
    name: 'a misspelt variable',
    sources: { environment: { MKIOT_MQTTPORT: '1' } },
    says: /MKIOT_MQTTPORT.*Did you mean "MKIOT_MQTT_PORT"/,
  },
  {
    name: 'a misspelt flag',
    sources: { flags: { 'mqtt.prt': '1' } },
    says: /"mqtt\.prt" on the command line.*"mqtt\.port"/,
  },
  {
    name: 'a certificate without its key',
    sources: { flags: { 'https.certificateFile': 'c.pem' } },
    says: /https\.keyFile is missing: https\.certificateFile is given/,
  },
  {
    name: 'a key without its certificate',
    sources: { flags: { 'mqtt.keyFile': 'k.pem' } },
    says: /mqtt\.certificateFile is missing/,
  },
];

for (const { name, sources, file, says } of WRONG) {
  test(`${name} stops the start and is explained`, async () => {
    await using place = await home(file);
    await assert.rejects(place.load(sources), { code: 'SETTINGS_WRONG', message: says });
  });
}

test('everything that is wrong is told at once', async () => {
  await using place = await home({ mqtt: { port: -1 }, colour: 1 });
  await assert.rejects(place.load({ environment: { MKIOT_LOG_LEVEL: 'x' } }), (error: Error) => {
    assert.equal(error.message.match(/^- /gm)?.length, 3);
    return true;
  });
});

test('variables of the command-line client and of tests are none of the settings', async () => {
  await using place = await home();
  await place.load({
    environment: {
      MKIOT_SERVER: 'https://x',
      MKIOT_TOKEN: 't',
      MKIOT_CA: 'f',
      MKIOT_RUNTIME: 'bun',
      MKIOT_TEST_HAVE: 'a',
    },
  });
});

test('a key pasted in place of its path is not repeated', async () => {
  await using place = await home({
    https: { certificateFile: 'c.pem', keyFile: '-----BEGIN PRIVATE KEY-----\nMIGHAgEA' },
  });
  await assert.rejects(place.load(), (error: Error) => {
    assert.match(error.message, /https\.keyFile is the text of a key/);
    assert.ok(!error.message.includes('MIGHAgEA'));
    return true;
  });
});

test('a file that is not JSON is told with its place and without its text', async () => {
  await using place = await home('{"mqtt":\n {"port": hunter2}}');
  await assert.rejects(place.load(), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'SETTINGS_FILE_NOT_JSON');
    assert.ok(error.message.includes(place.file));
    assert.ok(!error.message.includes('hunter') && error.cause === undefined);
    return true;
  });
});

test('a settings file that was named and is missing, or is a folder, stops the start', async () => {
  await using place = await home();
  await assert.rejects(place.load({ file: 'none.json' }), {
    code: 'SETTINGS_FILE_UNREADABLE',
    message: /none\.json.*no such/,
  });
  await assert.rejects(place.load({ file: '.' }), { code: 'SETTINGS_FILE_UNREADABLE', message: /EISDIR/ });
});
