// docs/decisions/0010-key-install.md: what a device does with the requests between a magic packet and the end.
import { concatBytes, equalBytes } from '@mkiot/core/bytes/bytes';
import type { Sha256 } from '@mkiot/core/crypto/sha256';
import { CHALLENGE_BYTES } from '@mkiot/core/deviceLogin/challenge';
import { BRIDGE_ID_BYTES, encodeSignedBytes } from '@mkiot/core/deviceLogin/signedBytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { decodeFactoryData, type FactoryData } from '@mkiot/core/keyInstall/factoryData';
import type { Refusal } from '@mkiot/core/keyInstall/refusals';
import {
  decodeFactsPiece,
  installedBytes,
  isKeyCount,
  PRIVATE_KEY_BYTES,
  REQUESTS,
} from '@mkiot/core/keyInstall/requests';
import type { DeviceKeys } from './deviceKeys.ts';
import { encodeInstallRecord } from './installRecord.ts';

export interface InstallSessionOptions {
  readonly keys: DeviceKeys;
  /** The key that is there already: the first of those that the device makes. */
  readonly firstKey: Uint8Array<ArrayBuffer>;
  readonly sha256: Sha256;
  /** Resolves when the record survives a power cut; a cut before leaves none of it. */
  readonly store: (record: Uint8Array) => Promise<void>;
}

type Answer = Uint8Array | Refusal;

/** Keys and facts that are on their way to a device, in memory alone until `finish` stores them. */
export class InstallSession {
  readonly #options: InstallSessionOptions;
  #facts = new Uint8Array();
  #written = 0;
  /** Of the facts, when they are whole. */
  #factory: FactoryData | undefined;
  #count = 0;
  #privateKeys: Uint8Array[] = [];
  #publicKeys: Uint8Array[] = [];
  readonly #proven = new Set<number>();
  #isClosed = false;

  constructor(options: InstallSessionOptions) {
    this.#options = options;
  }

  /** Keys and facts are stored. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The payload of the answer, or why there is none. */
  async take(kind: number, payload: Uint8Array): Promise<Answer> {
    if (this.#isClosed) return 'CLOSED';
    switch (kind) {
      case REQUESTS['write facts']:
        return this.#writeFacts(payload);
      case REQUESTS['make keys']:
        return this.#makeKeys(payload);
      case REQUESTS['install key']:
        return this.#installKey(payload);
      case REQUESTS.prove:
        return this.#prove(payload);
      case REQUESTS.finish:
        return this.#finish(payload);
      default:
        return 'UNKNOWN_REQUEST';
    }
  }

  /** Forgets the keys. */
  end(): void {
    for (const key of this.#privateKeys) key.fill(0);
    this.#privateKeys = [];
    this.#publicKeys = [];
    this.#proven.clear();
    this.#count = 0;
  }

  #writeFacts(payload: Uint8Array): Answer {
    const piece = decodeFactsPiece(payload);
    if (piece === undefined) return 'MALFORMED';
    const { offset, total, bytes } = piece;
    if (offset === 0) {
      this.#facts = new Uint8Array(total);
      this.#written = 0;
      this.#factory = undefined;
      this.#proven.clear();
    }
    if (offset !== this.#written || total !== this.#facts.length) return 'ORDER';
    this.#facts.set(bytes, offset);
    this.#written += bytes.length;
    if (this.#written < total) return payload.slice(0, 2);
    this.#factory = decodeFactoryData(this.#facts);
    return this.#factory === undefined ? 'FACTS_INVALID' : payload.slice(0, 2);
  }

  #makeKeys(payload: Uint8Array): Answer {
    const [count] = payload;
    if (payload.length !== 1 || !isKeyCount(count)) return 'MALFORMED';
    this.end();
    this.#count = count;
    const { keys, firstKey } = this.#options;
    for (let index = 0; index < count; index++) {
      const refusal = this.#add(index === 0 ? firstKey.slice() : keys.newPrivateKey());
      if (refusal !== undefined) return refusal;
    }
    return concatBytes(Uint8Array.of(count), ...this.#publicKeys);
  }

  #installKey(payload: Uint8Array): Answer {
    const [number, count] = payload;
    const isWhole = payload.length === 2 + PRIVATE_KEY_BYTES && number !== undefined && isKeyCount(count);
    if (!isWhole || number < 1 || number > count) return 'MALFORMED';
    if (number === 1) {
      this.end();
      this.#count = count;
    }
    if (number !== this.#privateKeys.length + 1 || count !== this.#count) return 'ORDER';
    const refusal = this.#add(payload.slice(2));
    return refusal ?? concatBytes(Uint8Array.of(number), this.#publicKeys[number - 1] as Uint8Array);
  }

  #add(privateKey: Uint8Array): Refusal | undefined {
    const publicKey = this.#options.keys.publicKeyOf(privateKey);
    if (publicKey === undefined || this.#publicKeys.some((other) => equalBytes(other, publicKey))) return 'KEY_INVALID';
    this.#privateKeys.push(privateKey);
    this.#publicKeys.push(publicKey);
    this.#proven.clear();
    return undefined;
  }

  async #prove(payload: Uint8Array): Promise<Answer> {
    const number = payload[0] ?? 0;
    if (payload.length !== 1 + CHALLENGE_BYTES + BRIDGE_ID_BYTES) return 'MALFORMED';
    const privateKey = this.#privateKeys[number - 1];
    if (this.#factory === undefined || this.#privateKeys.length !== this.#count) return 'ORDER';
    if (privateKey === undefined) return 'MALFORMED';
    const signed = encodeSignedBytes({
      purpose: 'STATION_PROOF',
      challenge: payload.subarray(1, 1 + CHALLENGE_BYTES),
      clientId: this.#factory.deviceName,
      bridgeId: payload.subarray(1 + CHALLENGE_BYTES),
    });
    const signature = await this.#options.keys.sign(privateKey, signed);
    this.#proven.add(number);
    return concatBytes(Uint8Array.of(number), signature);
  }

  async #finish(payload: Uint8Array): Promise<Answer> {
    const { sha256, store } = this.#options;
    if (this.#count === 0 || this.#proven.size !== this.#count || this.#factory === undefined) return 'NOT_PROVEN';
    const digest = await sha256(installedBytes(this.#publicKeys, this.#facts));
    if (!equalBytes(digest, payload)) return 'DIGEST_DIFFERS';
    const record = encodeInstallRecord({ privateKeys: this.#privateKeys, factory: this.#factory });
    try {
      await store(record);
    } catch (error) {
      if (error instanceof MkiotError && error.code.startsWith('NVS_')) return 'STORAGE_FAILED';
      throw error;
    } finally {
      record.fill(0);
    }
    this.#isClosed = true;
    this.end();
    return digest;
  }
}
