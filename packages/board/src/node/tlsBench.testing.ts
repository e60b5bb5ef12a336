import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import type { ByteStream } from '../device/connection/byteStream.ts';
import type { MqttServer } from '../device/connection/mqttServer.testing.ts';

/** A folder that is there as long as the test: `await using folder = await TestFolder.make()`. */
export class TestFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TestFolder> {
    return new TestFolder(await mkdtemp(join(tmpdir(), 'mkiot board ü ')));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** A certificate and its private key, in PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];

/** A certificate authority that openssl has made, and the certificates it issues. */
export class TestAuthority {
  readonly #folder: string;
  #issued = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param folder where its files lie */
  static async make(folder: string): Promise<TestAuthority> {
    const authority = new TestAuthority(await mkdtemp(join(folder, 'ca-')));
    await authority.#openssl('ca', '-subj', '/CN=test authority');
    return authority;
  }

  get pem(): Promise<string> {
    return readFile(join(this.#folder, 'ca.pem'), 'utf8');
  }

  /** @param names as openssl writes them: `DNS:localhost,IP:127.0.0.1` */
  issue(names: string): Promise<Certified> {
    const [ca, key] = [join(this.#folder, 'ca.pem'), join(this.#folder, 'ca.key')];
    const name = `leaf-${this.#issued++}`;
    const extensions = ['-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
    return this.#openssl(name, '-CA', ca, '-CAkey', key, '-subj', '/CN=server', ...extensions);
  }

  async #openssl(name: string, ...args: readonly string[]): Promise<Certified> {
    const [cert, key] = [join(this.#folder, `${name}.pem`), join(this.#folder, `${name}.key`)];
    await promisify(execFile)('openssl', [...NEW_KEY, '-keyout', key, '-out', cert, ...args]);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  }
}

/** A TLS server on loopback that hands its connections to a test. */
export class TestTlsServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket);
      // A device that breaks off is the business of the test.
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    });
  }

  static async listen(options: TlsOptions, onSocket: (socket: TLSSocket) => void, port = 0): Promise<TestTlsServer> {
    const server = createServer(options);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const listening = new TestTlsServer(server);
    server.on('secureConnection', onSocket);
    return listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

/** Lets `socket` speak with an MQTT server in memory. */
export async function serveMqtt(server: MqttServer, socket: TLSSocket): Promise<void> {
  const stream: ByteStream = await server.openStream(new AbortController().signal);
  socket.on('data', (chunk: Uint8Array) => void stream.write(chunk)).on('close', () => stream.close());
  for await (const chunk of stream.chunks) socket.write(chunk);
  socket.end();
}
