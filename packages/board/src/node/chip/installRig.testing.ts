import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { toHex } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { ExchangeTerms } from '@mkiot/core/keyInstall/exchange';
import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import type { InstallCrypto } from '@mkiot/core/keyInstall/installCrypto';
import { installKeys, type KeyInstall, type ProvenUnit } from '@mkiot/core/keyInstall/keyInstaller';
import { seededRandom } from '../../faults/seededRandom.ts';
import type { LineFaults } from '../../chip/serial/lineFaults.ts';
import { SerialLine } from '../../chip/serial/serialLine.ts';
import { chipKeys } from '../../chip/app/reference/chipKey.ts';
import type { DeviceKeys } from '../../chip/app/reference/keyInstall/deviceKeys.ts';
import { InstallMode } from '../../chip/app/reference/keyInstall/installMode.ts';

export const FACTORY: FactoryData = {
  deviceName: 'projects/plant-one/locations/local/registries/default/devices/pump-1',
  host: 'platform.example',
  port: 8883,
  // As long as the certificate of an authority on P-256.
  caPem: `-----BEGIN CERTIFICATE-----\n${`${'QUJD'.repeat(16)}\n`.repeat(9)}-----END CERTIFICATE-----\n`,
};

export const BRIDGE_ID: Uint8Array = new Uint8Array(32).fill(0xb1);

const CURVE = { namedCurve: 'P-256' } as const;

interface PooledPair {
  readonly privateKey: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array;
  readonly key: KeyObject;
}

/** Real key pairs that tests take in turns: making one for each of thousands of installs would be most of their time. */
export class KeyPool {
  readonly #pairs: readonly PooledPair[];
  #next = 0;

  constructor(size: number) {
    this.#pairs = Array.from({ length: size }, () => {
      const { privateKey: key } = generateKeyPairSync('ec', CURVE);
      const { d = '', x = '', y = '' } = key.export({ format: 'jwk' });
      const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'));
      return { privateKey: bytes(d), publicKey: Uint8Array.from([...bytes(x), ...bytes(y)]), key };
    });
  }

  /** A copy, for keys are zeroed after use. */
  take(): PooledPair {
    const pair = this.#pairs[this.#next++ % this.#pairs.length] as PooledPair;
    return { ...pair, privateKey: pair.privateKey.slice() };
  }

  /** What the chip can do, quicker for keys of the pool, and at once: so time need not wait for it. */
  deviceKeys(random: RandomFill): DeviceKeys {
    const chip = chipKeys(random);
    const known = new Map(this.#pairs.map((pair) => [toHex(pair.privateKey), pair]));
    return {
      newPrivateKey: () => this.take().privateKey,
      publicKeyOf: (scalar) => known.get(toHex(scalar))?.publicKey ?? chip.publicKeyOf(scalar),
      sign: async (scalar, data) => {
        const key = known.get(toHex(scalar))?.key;
        return key === undefined
          ? chip.sign(scalar, data)
          : Uint8Array.from(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }));
      },
    };
  }

  stationCrypto(): InstallCrypto {
    return {
      sha256,
      newKeyPair: () => this.take(),
      verify(publicKey, signed, signature) {
        const [x, y] = [publicKey.subarray(0, 32), publicKey.subarray(32)];
        const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
        const key = { kty: 'EC', crv: 'P-256', x: text(x), y: text(y) };
        return verify('sha256', signed, { key, format: 'jwk', dsaEncoding: 'ieee-p1363' }, signature);
      },
    };
  }
}

export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(bytes).digest());
}

/** The public half of a stored key, by OpenSSL. */
export function publicKeyOf(scalar: Uint8Array): Uint8Array {
  // ECPrivateKey (RFC 5915) without its optional public key: OpenSSL computes it.
  const head = Buffer.from('30310201010420', 'hex');
  const der = Buffer.concat([head, scalar, Buffer.from('a00a06082a8648ce3d030107', 'hex')]);
  const { x = '', y = '' } = createPrivateKey({ key: der, format: 'der', type: 'sec1' }).export({ format: 'jwk' });
  return Uint8Array.from([...Buffer.from(x, 'base64url'), ...Buffer.from(y, 'base64url')]);
}

export interface InstallRigOptions {
  readonly pool: KeyPool;
  readonly seed?: number;
  readonly faults?: LineFaults | undefined;
  readonly isThrottled?: boolean;
  readonly store?: (record: Uint8Array) => Promise<void>;
}

/** A device in key-install mode, a station, and the line between them. */
export class InstallRig {
  readonly clock: VirtualClock = new VirtualClock();
  readonly line: SerialLine;
  readonly mode: InstallMode;
  /** What the device has stored. */
  stored: Uint8Array | undefined;
  readonly #options: InstallRigOptions;
  readonly #random: RandomFill;

  constructor(options: InstallRigOptions) {
    const { pool, faults, isThrottled = false } = options;
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.line = new SerialLine({ clock: this.clock, isThrottled, faults });
    this.mode = new InstallMode({
      identity: { mac: Uint8Array.of(0x24, 0x0a, 0xc4, 1, 2, 3), chip: 'ESP32', firmwareVersion: '1.2.3' },
      keys: pool.deviceKeys(this.#random),
      firstKey: pool.take().privateKey,
      random: this.#random,
      sha256,
      store: options.store ?? ((record) => this.#store(record)),
      send: (bytes) => this.line.chip.write(bytes),
    });
    this.line.chip.onBytes = (bytes) => this.mode.receive(bytes);
  }

  /** Lets time pass until the station is done. */
  async install(change: Partial<KeyInstall> = {}, terms?: ExchangeTerms): Promise<ProvenUnit> {
    const done = new AbortController();
    const installing = installKeys({
      line: this.line.host,
      clock: this.clock,
      terms,
      random: this.#random,
      crypto: this.#options.pool.stationCrypto(),
      factory: FACTORY,
      bridgeId: BRIDGE_ID,
      keyCount: 3,
      madeBy: 'device',
      ...change,
    }).finally(() => done.abort());
    installing.catch(() => undefined);
    while (!done.signal.aborted) {
      await turn();
      if (!done.signal.aborted) this.clock.advance(this.#options.isThrottled === true ? 1 : 500);
    }
    return installing;
  }

  #store(record: Uint8Array): Promise<void> {
    this.stored = record.slice();
    return Promise.resolve();
  }
}

/** Everything that needs no time has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
