import { concatBytes, equalBytes, toHex } from '../bytes/bytes.ts';
import type { RandomFill } from '../crypto/signatures.ts';
import { CHALLENGE_BYTES } from '../deviceLogin/challenge.ts';
import { encodeSignedBytes } from '../deviceLogin/signedBytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { Exchange, type ExchangeOptions } from './exchange.ts';
import { encodeFactoryData, type FactoryData } from './factoryData.ts';
import type { InstallCrypto, RawKeyPair } from './installCrypto.ts';
import { keyInstallError } from './keyInstallErrors.ts';
import {
  decodeIdentity,
  encodeFactsPiece,
  encodeMagic,
  FACTS_PIECE_BYTES,
  installedBytes,
  isKeyCount,
  MAX_KEYS,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  TOKEN_BYTES,
  type UnitIdentity,
} from './requests.ts';

/** What a station knows of a device whose keys it has seen proven. All of it is public. */
export interface ProvenUnit {
  readonly identity: UnitIdentity;
  /** 32 random bytes of this install. */
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly keys: readonly {
    /** x then y. */
    readonly publicKey: Uint8Array;
    /** ES256 over the signed bytes of `STATION_PROOF` with the challenge. */
    readonly proof: Uint8Array;
  }[];
  /** In lower-case hexadecimal; a finished device says it in its boot log. */
  readonly digest: string;
}

/** What a challenge is made of: it binds the nonce, so that no old proof is taken for a new one. */
export interface ChallengeSource {
  readonly identity: UnitIdentity;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly publicKeys: readonly Uint8Array[];
}

export interface KeyInstall extends ExchangeOptions {
  readonly random: RandomFill;
  readonly crypto: InstallCrypto;
  readonly factory: FactoryData;
  /** SHA-256 of the public key of the platform's authority. */
  readonly bridgeId: Uint8Array;
  /** 1 to 3. */
  readonly keyCount: number;
  /** Where the keys are made: on the device, which never tells them, or here, as the paper's station did. */
  readonly madeBy: 'device' | 'station';
  /** The 32 bytes that a server will expect; default: SHA-256 of the nonce. Must depend on the nonce. */
  readonly challengeOf?: ((source: ChallengeSource) => Uint8Array | PromiseLike<Uint8Array>) | undefined;
  /** Told what was proven before the device stores it: a station keeps it, in case the last answer is lost. */
  readonly onProven?: ((unit: ProvenUnit) => void | PromiseLike<void>) | undefined;
}

/**
 * Installs keys and factory data on a device in factory state, and resolves when it has stored them. Each key is accepted by
 * its signature over a fresh nonce alone. Until the end the device stores nothing.
 *
 * @throws `KEY_INSTALL_…`; after `KEY_INSTALL_UNCONFIRMED` alone the device may be finished
 */
export async function installKeys(install: KeyInstall): Promise<ProvenUnit> {
  const { crypto, factory, keyCount } = install;
  if (!isKeyCount(keyCount)) throw keyInstallError('KEY_INSTALL_KEY_COUNT', { count: keyCount, max: MAX_KEYS });
  const facts = encodeFactoryData(factory);
  const exchange = new Exchange(install);
  try {
    const token = install.random(new Uint8Array(TOKEN_BYTES));
    const identity = await exchange.ask('open', encodeMagic(token), (payload) => decodeIdentity(token, payload));
    await writeFacts(exchange, facts);
    const publicKeys = await (install.madeBy === 'device' ? makeKeys(exchange, keyCount) : sendKeys(exchange, install));
    const nonce = install.random(new Uint8Array(CHALLENGE_BYTES));
    const proofs = await proveKeys(exchange, install, { identity, nonce, publicKeys });
    const digest = await crypto.sha256(installedBytes(publicKeys, facts));
    const keys = publicKeys.map((publicKey, index) => ({ publicKey, proof: proofs[index] as Uint8Array }));
    const unit = { identity, nonce, keys, digest: toHex(digest) };
    await install.onProven?.(unit);
    await finish(exchange, digest);
    return unit;
  } finally {
    exchange.close();
  }
}

async function writeFacts(exchange: Exchange, facts: Uint8Array): Promise<void> {
  const total = facts.length;
  for (let offset = 0; offset < total; offset += FACTS_PIECE_BYTES) {
    const payload = encodeFactsPiece({ offset, total, bytes: facts.subarray(offset, offset + FACTS_PIECE_BYTES) });
    await exchange.ask('write facts', payload, ({ length }) => (length === 2 ? true : undefined));
  }
}

async function makeKeys(exchange: Exchange, count: number): Promise<readonly Uint8Array[]> {
  return exchange.ask('make keys', Uint8Array.of(count), (payload) => {
    if (payload[0] !== count || payload.length !== 1 + count * PUBLIC_KEY_BYTES) return undefined;
    return Array.from({ length: count }, (_, index) => {
      const start = 1 + index * PUBLIC_KEY_BYTES;
      return payload.slice(start, start + PUBLIC_KEY_BYTES);
    });
  });
}

async function sendKeys(exchange: Exchange, { crypto, keyCount }: KeyInstall): Promise<readonly Uint8Array[]> {
  const publicKeys: Uint8Array[] = [];
  for (let number = 1; number <= keyCount; number++) {
    const pair = await crypto.newKeyPair();
    await sendKey(exchange, number, keyCount, pair);
    publicKeys.push(pair.publicKey);
  }
  return publicKeys;
}

async function sendKey(exchange: Exchange, number: number, count: number, pair: RawKeyPair): Promise<void> {
  const payload = concatBytes(Uint8Array.of(number, count), pair.privateKey);
  try {
    const told = await exchange.ask('install key', payload, (answer) =>
      answer[0] === number && answer.length === 1 + PUBLIC_KEY_BYTES ? answer.subarray(1) : undefined,
    );
    if (!equalBytes(told, pair.publicKey)) throw keyInstallError('KEY_INSTALL_KEY_DIFFERS', { number });
  } finally {
    payload.fill(0);
    pair.privateKey.fill(0);
  }
}

async function proveKeys(
  exchange: Exchange,
  { crypto, factory, bridgeId, challengeOf }: KeyInstall,
  source: ChallengeSource,
): Promise<readonly Uint8Array[]> {
  const challenge = await (challengeOf === undefined ? crypto.sha256(source.nonce) : challengeOf(source));
  const clientId = factory.deviceName;
  const signed = encodeSignedBytes({ purpose: 'STATION_PROOF', challenge, clientId, bridgeId });
  const proofs: Uint8Array[] = [];
  for (const [index, publicKey] of source.publicKeys.entries()) {
    const number = index + 1;
    const payload = concatBytes(Uint8Array.of(number), challenge, bridgeId);
    const proof = await exchange.ask('prove', payload, (answer) =>
      answer[0] === number && answer.length === 1 + SIGNATURE_BYTES ? answer.slice(1) : undefined,
    );
    if (!(await crypto.verify(publicKey, signed, proof))) throw keyInstallError('KEY_INSTALL_PROOF_WRONG', { number });
    proofs.push(proof);
  }
  return proofs;
}

async function finish(exchange: Exchange, digest: Uint8Array): Promise<void> {
  try {
    await exchange.ask('finish', digest, (answer) => (equalBytes(answer, digest) ? true : undefined));
  } catch (error) {
    const isLost = error instanceof MkiotError && UNCONFIRMED.has(error.code);
    throw isLost ? keyInstallError('KEY_INSTALL_UNCONFIRMED', { digest: toHex(digest) }, error) : error;
  }
}

/** How `finish` ends when the device may have heard it. */
const UNCONFIRMED: ReadonlySet<string> = new Set(['KEY_INSTALL_NO_ANSWER', 'KEY_INSTALL_ABORTED']);
