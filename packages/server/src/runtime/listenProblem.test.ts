import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { listenProblem } from './listenProblem.ts';
import { portHolder } from './portHolder.ts';

const isLinux = process.platform === 'linux';
const onLinux = isLinux ? {} : { skip: 'only Linux tells' };

for (const host of ['127.0.0.1', '::1']) {
  test(`who listens on a port of ${host} is known`, onLinux, async (t) => {
    const server = createServer().listen(0, host);
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.match((await portHolder(port)) ?? '', new RegExp(`^\\S.* \\(process ${process.pid}\\)$`));
  });
}

test('of a port that nobody listens on nobody is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  assert.equal(await portHolder(port), undefined);
});

/** Port 443 is a low port, and this process can become one that may not have it. */
const canBeRefused =
  isLinux &&
  Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) > 443 &&
  process.getuid?.() === 0;

test(
  'a process without the capability for low ports learns which one it needs',
  canBeRefused ? {} : { skip: 'port 443 is for everybody here, or this is not root' },
  async () => {
    const listen = `
      import { createServer } from 'node:net';
      import { listenProblem } from '${new URL('listenProblem.ts', import.meta.url).href}';
      const server = createServer().listen(443, '127.0.0.1', () => process.exit(1));
      server.on('error', async (error) => console.log(JSON.stringify(await listenProblem(error, 443))));`;
    const node = [process.execPath, '--input-type=module', '-e', listen];
    const { stdout } = await promisify(execFile)('setpriv', ['--bounding-set=-net_bind_service', ...node]);
    assert.deepEqual(JSON.parse(stdout), {
      reason: 'EACCES, low ports are for root',
      remedy: 'Run it as root or with the capability CAP_NET_BIND_SERVICE',
    });
  },
);

for (const [code, reason] of [
  ['EADDRNOTAVAIL', 'EADDRNOTAVAIL, the machine has no such address'],
  ['EADDRINUSE', 'EADDRINUSE, another program has it already'],
  ['EMFILE', 'EMFILE'],
] as const) {
  test(`${code} is explained`, async () => {
    assert.equal((await listenProblem(Object.assign(new Error(code), { code }), undefined)).reason, reason);
  });
}
