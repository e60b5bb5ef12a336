import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('the commands of docs/http-bridge.md do what the page says', wants('curl', 'openssl'), async () => {
  await using platform = await startTestPlatform();
  await using folder = await temporaryFolder();
  const { dataFolder, httpsPort, project } = platform.address;
  const page = readFileSync(fileOf('docs/http-bridge.md'), 'utf8');
  const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, block = '']) => block)
    .join('')
    .replaceAll('localhost:8443', `localhost:${httpsPort}`)
    .replaceAll('mkiot-abc123', project);
  const mkiot = `node '${fileOf('packages/cli/bin/mkiot.js')}' --data '${dataFolder}'`;
  // What users type as "npx mkiot …", on this platform; curl fails where the bridge refuses.
  const script = `set -e\nnpx() { shift; ${mkiot} "$@"; }\ncurl() { command curl -sS --fail "$@"; echo; }\n${commands}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder.path });

  const [config, state, event] = stdout.trim().split('\n').reverse();
  assert.deepEqual([event, state], ['{}', '{}']);
  assert.partialDeepStrictEqual(JSON.parse(config ?? ''), { version: '1', binaryData: '' });
  const name = { project, location: 'local', registry: 'default', device: 'pump-1' };
  const [stored] = await platform.pullEvents(1);
  assert.deepEqual([stored?.attributes['subFolder'], stored?.payload], ['water/level', '3.2 m']);
  const { state: reported } = await platform.devices.get(name);
  assert.equal(Buffer.from(reported?.binaryData ?? '', 'base64').toString(), 'pumping');
});
