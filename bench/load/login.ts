import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { createJwt } from '@mkiot/core/jwt/createJwt';
import { encodeConnect } from '@mkiot/core/mqtt/connect';
import { nodeSigningKey } from '@mkiot/server/runtime/nodeSigningKey';
import { createPrivateKey } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { benchError } from '../benchErrors.ts';
import type { Login, Target } from './job.ts';
import { CIPHER_SUITE } from './tlsRecords.ts';

const TOKEN_SECONDS = 3_600;
const KEEP_ALIVE_SECONDS = 600;
const ACCEPTING_CONNACK = Buffer.of(0x20, 2, 0, 0);
/** So that the ports of one address do not run out while closed connections linger (TIME-WAIT, RFC 9293). */
const LOCAL_ADDRESSES = 60;

/** Makes connections to one server: TLS 1.3, the same cipher and group whatever the server prefers, then CONNECT. */
export class LoginClient {
  readonly #target: Target;
  readonly #secureContext: SecureContext;
  readonly #connectPackets = new Map<Login, Promise<Uint8Array>>();
  #connections = 0;

  constructor(target: Target) {
    this.#target = target;
    this.#secureContext = createSecureContext({
      ca: target.authority,
      minVersion: 'TLSv1.3',
      ciphers: CIPHER_SUITE,
      ecdhCurve: 'X25519',
    });
  }

  /**
   * Makes the CONNECT packets of `logins` now. A device spends its own time on signing its token; here it would come out
   * of the time in which the load asks the server.
   */
  async prepare(logins: readonly Login[]): Promise<void> {
    await Promise.all(logins.map((login) => this.#connectPacket(login)));
  }

  /** Where the next TCP connection goes, and from where. */
  nextPath(): { readonly host: string; readonly port: number; readonly localAddress: string } {
    const localAddress = `127.0.0.${2 + (this.#connections++ % LOCAL_ADDRESSES)}`;
    return { host: '127.0.0.1', port: this.#target.port, localAddress };
  }

  /** Begins a TLS connection, on a stream of the caller or on a new TCP connection. */
  connectTls(stream?: Duplex): TLSSocket {
    const path = stream === undefined ? this.nextPath() : { socket: stream };
    return connect({ ...path, secureContext: this.#secureContext, servername: 'localhost' }).setNoDelay(true);
  }

  /**
   * Sends CONNECT as soon as TLS stands; resolves at the accepting CONNACK.
   *
   * @throws `LOAD_LOGIN_REFUSED`, `LOAD_CONNECTION_LOST`
   */
  async logIn(socket: TLSSocket, login: Login): Promise<void> {
    socket.write(await this.#connectPacket(login));
    const answer = await firstBytes(socket, login);
    if (!answer.equals(ACCEPTING_CONNACK)) {
      throw benchError('LOAD_LOGIN_REFUSED', { clientId: login.clientId, answer: answer.toString('hex') });
    }
  }

  #connectPacket(login: Login): Promise<Uint8Array> {
    const made = this.#connectPackets.get(login) ?? connectPacket(login);
    this.#connectPackets.set(login, made);
    return made;
  }
}

async function connectPacket(login: Login): Promise<Uint8Array> {
  return encodeConnect({
    type: 'CONNECT',
    protocolLevel: 4,
    clientId: login.clientId,
    cleanSession: true,
    keepAliveSeconds: KEEP_ALIVE_SECONDS,
    will: undefined,
    userName: login.deviceId,
    password: utf8Encode('password' in login ? login.password : await token(login)),
  });
}

function token({ audience, privateKeyPem }: Extract<Login, { audience: string }>): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  return createJwt({ aud: audience, iat, exp: iat + TOKEN_SECONDS }, nodeSigningKey(createPrivateKey(privateKeyPem)));
}

function firstBytes(socket: TLSSocket, { clientId }: Login): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(benchError('LOAD_CONNECTION_LOST', { clientId })));
  });
}
