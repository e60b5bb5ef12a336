// aedes as a secured broker: a job as JSON on standard input, its port on standard output.
import { Aedes, type AedesOptions } from 'aedes';
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer } from 'node:tls';
import type { PasswordLogin } from './passwordLogin.ts';

export interface AedesJob {
  readonly cert: string;
  readonly key: string;
  readonly logins: readonly PasswordLogin[];
}

const { cert, key, logins } = JSON.parse(await text(process.stdin)) as AedesJob;
const hashOf = (password: string | Uint8Array): Uint8Array => createHash('sha256').update(password).digest();
const hashes = new Map(logins.map(({ deviceId, password }) => [deviceId, hashOf(password)]));

const options: AedesOptions = {
  authenticate({ id }, userName, password, done) {
    const hash = hashes.get(userName ?? '');
    done(null, hash !== undefined && id === userName && timingSafeEqual(hash, hashOf(password ?? '')));
  },
  // The client id is the device: `authenticate` has seen to that.
  authorizePublish(client, { topic }, done) {
    done(topic.startsWith(`/devices/${client?.id}/`) ? null : new Error('This topic belongs to another device.'));
  },
};
const broker = await Aedes.createBroker(options);
const server = createServer({ cert, key, minVersion: 'TLSv1.3', noDelay: true }, (socket) => broker.handle(socket));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`port ${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', () => process.exit(0));
