import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import type { SecureContextOptions } from 'node:tls';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { MqttJs } from './mqttJs.ts';

// What the libraries and samples of IoT Core's devices put into CONNECT and the first packets behind it, as was seen of
// each when it was run against MkIoT (docs/compatibility.md). They cannot be run here: their code is not ours to keep.

type Encode = (bytes: Uint8Array) => string;

const unpadded: Encode = (bytes) => Buffer.from(bytes).toString('base64url');
/** The standard alphabet with `+/` put to `-_`, and the padding left where it was. */
const padded: Encode = (bytes) => Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

interface Library {
  readonly name: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly encode: Encode;
  readonly header: string;
  claims(project: string, nowS: number): string;
  readonly username: string;
  readonly keepalive: number;
  readonly commandsQos: 0 | 1;
  readonly eventsQos: 0 | 1;
  readonly tls?: Pick<SecureContextOptions, 'secureProtocol'>;
}

const ARDUINO: Library = {
  name: 'google-cloud-iot-arduino',
  algorithm: 'ES256',
  encode: unpadded,
  header: '{"alg":"ES256","typ":"JWT"}',
  claims: (project, nowS) => `{"iat":${nowS},"exp":${nowS + 3600},"aud":"${project}"}`,
  username: 'unused',
  keepalive: 180,
  commandsQos: 0,
  eventsQos: 0,
};

const LIBRARIES: readonly Library[] = [
  ARDUINO,
  {
    ...ARDUINO,
    name: "Google's C SDK and esp-google-iot",
    encode: padded,
    username: '',
    keepalive: 20,
    commandsQos: 1,
    eventsQos: 1,
  },
  {
    name: 'iot-core-micropython',
    algorithm: 'RS256',
    encode: padded,
    header: '{"typ": "JWT", "alg": "RS256"}',
    claims: (project, nowS) => `{"exp": ${nowS + 43_200}.1164, "aud": "${project}", "iat": ${nowS}.116399}`,
    username: 'ignored',
    keepalive: 0,
    commandsQos: 1,
    eventsQos: 0,
  },
  {
    name: "Google's Node sample for MQTT",
    algorithm: 'RS256',
    encode: unpadded,
    header: '{"alg":"RS256","typ":"JWT"}',
    claims: (project, nowS) => `{"iat":${nowS},"exp":${nowS + 1200},"aud":"${project}"}`,
    username: 'unused',
    keepalive: 60,
    commandsQos: 0,
    eventsQos: 1,
    tls: { secureProtocol: 'TLSv1_2_method' },
  },
];

const CONFIG = '/devices/pump-1/config';
const NAME = { location: 'local', registry: 'default', device: 'pump-1' };

/** A device of the platform, on its way to being connected as the library does it. */
async function deviceOf(library: Library, { address, devices }: TestPlatform): Promise<MqttJs> {
  const { algorithm, encode } = library;
  const keys =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = keys.publicKey.export({ type: 'spki', format: 'pem' });
  const { project, mqttPort: port, caFile } = address;
  const publicKey = { format: `${algorithm === 'ES256' ? 'ES256' : 'RSA'}_PEM`, key } as const;
  await devices.create({ project, ...NAME }, NAME.device, { credentials: [{ publicKey }] });

  const parts = [library.header, library.claims(project, Math.floor(Date.now() / 1000))];
  const signed = parts.map((part) => encode(Buffer.from(part))).join('.');
  const { username, keepalive, tls } = library;
  const clientId = `projects/${project}/locations/local/registries/default/devices/${NAME.device}`;
  const password = `${signed}.${encode(signatureOf(signed, keys.privateKey))}`;
  return new MqttJs({ port, caFile, clientId, password }, 4, { username, keepalive, ...tls });
}

function signatureOf(signed: string, key: KeyObject): Uint8Array {
  return sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
}

for (const library of LIBRARIES) {
  test(`${library.name}: its login is accepted, its config comes, its event is stored`, async () => {
    await using platform = await startTestPlatform();
    await using device = await deviceOf(library, platform);
    // As these do: both subscriptions are on their way before the CONNACK is looked at.
    const granted = [device.subscribe(CONFIG, 1), device.subscribe('/devices/pump-1/commands/#', library.commandsQos)];
    assert.equal(await device.returnCode, 0);
    assert.deepEqual(await Promise.all(granted), [1, library.commandsQos]);
    assert.deepEqual(await device.nextMessage(), { topic: CONFIG, qos: 1, payload: '' });
    await device.publish('/devices/pump-1/events', '{temp : 21}', library.eventsQos);
    assert.equal((await platform.pullEvents(1))[0]?.payload, '{temp : 21}');
  });
}

test('google-cloud-iot-arduino: a state right after the "connected" of the library does not end the connection', async () => {
  await using platform = await startTestPlatform();
  await using device = await deviceOf(ARDUINO, platform);
  await device.publish('/devices/pump-1/state', 'connected', 0);
  await device.publish('/devices/pump-1/state', 'on', 1);
  await device.publish('/devices/pump-1/events', 'still here', 1);
  const states = await platform.devices.states({ project: platform.address.project, ...NAME });
  const payloads = states.map(({ binaryData }) => Buffer.from(binaryData, 'base64').toString());
  assert.deepEqual(payloads, ['on', 'connected']);
});

test('google-cloud-iot-arduino: a subtopic without its slash ends the connection, and the device says why', async () => {
  await using platform = await startTestPlatform();
  await using device = await deviceOf(ARDUINO, platform);
  await device.publish('/devices/pump-1/eventstemperature', '72 F', 0);
  await device.closed;
  const name = { project: platform.address.project, ...NAME };
  const { lastErrorStatus } = await until(
    () => platform.devices.get(name),
    (seen) => seen.lastErrorStatus !== undefined,
  );
  assert.match(lastErrorStatus?.message ?? '', /topic/);
});
