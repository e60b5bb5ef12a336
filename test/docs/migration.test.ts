import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MqttJs } from '../clients/mqttJs.ts';
import { DeviceKey } from '../support/deviceKey.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const page = readFileSync(fileOf('docs/migrate-from-iot-core.md'), 'utf8');
const blocksOf = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

/** The settings that the page gives to `mkiot up`, which is its first command. */
const { project: names, certificates } = JSON.parse(blocksOf('json')[0] ?? '') as Settings;
const commands = blocksOf('sh').slice(1);
const { id: project, location, defaultRegistry: registry } = names;
const name = { project, location, registry, device: 'my-device' };

/** A device as IoT Core's list told it: output-only members, another numeric id, a certificate that has run out. */
function exported(certificate: string): object {
  return {
    id: name.device,
    name: `projects/${project}/locations/${location}/registries/${registry}/devices/2812345678901234`,
    numId: '2812345678901234',
    credentials: [
      { expirationTime: '1970-01-01T00:00:00Z', publicKey: { format: 'ES256_X509_PEM', key: certificate } },
    ],
    lastHeartbeatTime: '2023-08-15T09:00:00Z',
    lastEventTime: '1970-01-01T00:00:00Z',
    lastErrorStatus: { code: 16, message: 'mqtt: SERVER: The authorization token expired.' },
    config: {
      version: '7',
      cloudUpdateTime: '2023-04-12T14:01:34.862851Z',
      deviceAckTime: '2023-04-19T09:15:53.458746Z',
      binaryData: Buffer.from('{"intervalS":60}').toString('base64'),
    },
    state: { updateTime: '2023-04-19T09:15:54Z', binaryData: 'b24=' },
    metadata: { room: 'cellar' },
    logLevel: 'INFO',
    gatewayConfig: { gatewayType: 'NON_GATEWAY' },
  };
}

test(
  'the commands of docs/migrate-from-iot-core.md take over a device, which then connects',
  wants('openssl'),
  async () => {
    const settings = {
      'project.id': project,
      'project.location': location,
      'project.defaultRegistry': registry,
      'certificates.names': certificates.names.join(','),
    };
    await using platform = await startTestPlatform({ settings });
    await using folder = await temporaryFolder();
    const key = new DeviceKey();
    writeFileSync(join(folder.path, 'secret.pem'), key.privateKeyPem);
    const ranOut = ['x509', '-new', '-key', 'secret.pem', '-subj', '/CN=unused', '-days', '-1'];
    const certificate = execFileSync('openssl', ranOut, { cwd: folder.path, encoding: 'utf8' });
    writeFileSync(join(folder.path, 'devices.json'), JSON.stringify([exported(certificate)]));

    const mkiot = `node '${fileOf('packages/cli/bin/mkiot.js')}' --data '${platform.address.dataFolder}'`;
    const script = commands.join('').replaceAll('localhost:8443', `localhost:${platform.address.httpsPort}`);
    const { stdout } = await promisify(execFile)('bash', ['-c', `set -e\nnpx() { shift; ${mkiot} "$@"; }\n${script}`], {
      cwd: folder.path,
    });
    assert.match(stdout, /^my-device is registered$/m);

    const { credentials, metadata, logLevel, numId } = await platform.devices.get(name);
    assert.deepEqual(credentials, [{ publicKey: { format: 'ES256_PEM', key: key.publicKeyPem } }]);
    assert.deepEqual([metadata, logLevel], [{ room: 'cellar' }, 'INFO']);
    assert.notEqual(numId, '2812345678901234');

    const { mqttPort: port } = platform.address;
    const clientId = `projects/${project}/locations/${location}/registries/${registry}/devices/my-device`;
    const caFile = join(folder.path, 'ca.pem');
    await using device = new MqttJs({ port, caFile, clientId, password: key.token(project) });
    assert.equal(await device.returnCode, 0);
    await device.subscribe('/devices/my-device/config', 1);
    assert.equal((await device.nextMessage()).payload, '{"intervalS":60}');
  },
);

interface Settings {
  readonly project: { readonly id: string; readonly location: string; readonly defaultRegistry: string };
  readonly certificates: { readonly names: readonly string[] };
}
