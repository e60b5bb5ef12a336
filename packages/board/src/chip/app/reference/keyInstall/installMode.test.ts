import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodeFactoryData } from '@mkiot/core/keyInstall/factoryData';
import { encodeFrame, type Frame, FrameDecoder } from '@mkiot/core/keyInstall/frame';
import { type Refusal, refusalOf } from '@mkiot/core/keyInstall/refusals';
import {
  ANSWER,
  encodeFactsPiece,
  encodeMagic,
  FACTS_PIECE_BYTES,
  REFUSAL_KIND,
  REQUESTS,
  type RequestName,
} from '@mkiot/core/keyInstall/requests';
import { nvsError } from '@mkiot/esp32/nvs/nvsErrors';
import { decodeInstallRecord } from './installRecord.ts';
import {
  BRIDGE_ID,
  FACTORY,
  InstallRig,
  type InstallRigOptions,
  KeyPool,
  publicKeyOf,
  turn,
} from '../../../../node/chip/installRig.testing.ts';

const pool = new KeyPool(8);
const FACTS = encodeFactoryData(FACTORY);
const TOKEN = new Uint8Array(8).fill(7);
const CHALLENGE = new Uint8Array(32).fill(0xc4);

/** Somebody at the console who sends any frame there is. */
class Console {
  readonly rig: InstallRig;
  readonly heard: Frame[] = [];
  session = 0;
  sequence = 0;

  constructor(options: Partial<InstallRigOptions> = {}) {
    this.rig = new InstallRig({ pool, ...options });
    const decoder = new FrameDecoder((frame) => this.heard.push({ ...frame, payload: frame.payload.slice() }));
    this.rig.line.host.onBytes = (bytes) => decoder.add(bytes);
  }

  /** What the device answers to these bytes. */
  async write(bytes: Uint8Array): Promise<Frame | undefined> {
    const { length } = this.heard;
    this.rig.line.host.write(bytes);
    await turn();
    return this.heard[length];
  }

  /** The device's answer to the next request: its payload, or its refusal. */
  async ask(request: RequestName, payload: Uint8Array): Promise<Uint8Array | Refusal | undefined> {
    this.sequence += 1;
    const kind = REQUESTS[request];
    const answer = await this.write(encodeFrame({ kind, session: this.session, sequence: this.sequence, payload }));
    if (answer?.kind === REFUSAL_KIND) return refusalOf(answer.payload[0] ?? 0);
    if (answer !== undefined) assert.equal(answer.kind, kind + ANSWER);
    return answer?.payload;
  }

  async open(token: Uint8Array = TOKEN): Promise<void> {
    const answer = await this.write(magicPacket(token));
    assert.ok(answer, 'the device answers the magic packet');
    this.session = answer.session;
    this.sequence = 0;
  }

  async writeFacts(facts: Uint8Array = FACTS): Promise<Uint8Array | Refusal | undefined> {
    let last: Uint8Array | Refusal | undefined;
    for (let offset = 0; offset < facts.length; offset += FACTS_PIECE_BYTES) {
      const bytes = facts.subarray(offset, offset + FACTS_PIECE_BYTES);
      last = await this.ask('write facts', encodeFactsPiece({ offset, total: facts.length, bytes }));
    }
    return last;
  }

  prove(number: number): Promise<Uint8Array | Refusal | undefined> {
    return this.ask('prove', concatBytes(Uint8Array.of(number), CHALLENGE, BRIDGE_ID));
  }
}

function magicPacket(token: Uint8Array): Uint8Array {
  return encodeFrame({ kind: REQUESTS.open, session: 0, sequence: 0, payload: encodeMagic(token) });
}

function installKey(number: number, count: number, key: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(number, count), key);
}

for (const madeBy of ['device', 'station'] as const) {
  test(`three keys made by the ${madeBy} are proven and stored with the facts, in one record`, async () => {
    const rig = new InstallRig({ pool });
    const made: Uint8Array[] = [];
    const crypto = pool.stationCrypto();
    const unit = await rig.install({
      madeBy,
      crypto: {
        ...crypto,
        newKeyPair: async () => {
          const pair = await crypto.newKeyPair();
          made.push(pair.privateKey);
          return pair;
        },
      },
    });
    assert.deepEqual(unit.identity, {
      mac: Uint8Array.of(0x24, 0x0a, 0xc4, 1, 2, 3),
      chip: 'ESP32',
      firmwareVersion: '1.2.3',
    });
    const record = decodeInstallRecord(rig.stored ?? new Uint8Array());
    assert.deepEqual(record.factory, FACTORY);
    assert.deepEqual(
      record.privateKeys.map(publicKeyOf),
      unit.keys.map(({ publicKey }) => publicKey),
    );
    assert.equal(made.length, madeBy === 'station' ? 3 : 0);
    assert.ok(
      made.every((key) => key.every((byte) => byte === 0)),
      'the station has zeroed its private keys',
    );
  });
}

test('no frame of a device holds a private key, neither one it made nor one it was sent', async () => {
  for (const madeBy of ['device', 'station'] as const) {
    const rig = new InstallRig({ pool });
    let printed = Buffer.alloc(0);
    const write = rig.line.chip.write.bind(rig.line.chip);
    rig.line.chip.write = (bytes) => {
      printed = Buffer.concat([printed, bytes]);
      write(bytes);
    };
    const unit = await rig.install({ madeBy });
    const { privateKeys } = decodeInstallRecord(rig.stored ?? new Uint8Array());
    assert.ok(printed.includes((unit.keys[0]?.proof ?? new Uint8Array()).subarray(0, 4)), 'the proof can be seen');
    // COBS changes only zeros: four bytes in a row of a key would be seen.
    for (const key of privateKeys)
      for (let at = 0; at < 28; at += 4) assert.ok(!printed.includes(key.slice(at, at + 4)));
  }
});

test('a device that cannot sign with a key it claims is refused, and stores nothing', async () => {
  const rig = new InstallRig({ pool });
  const crypto = pool.stationCrypto();
  const other = pool.take().publicKey;
  const verify = (_: Uint8Array, signed: Uint8Array, signature: Uint8Array) => crypto.verify(other, signed, signature);
  await assert.rejects(rig.install({ crypto: { ...crypto, verify } }), { code: 'KEY_INSTALL_PROOF_WRONG' });
  assert.equal(rig.stored, undefined);
});

test('a device that tells another key than it was sent is refused, and stores nothing', async () => {
  const rig = new InstallRig({ pool });
  const newKeyPair = () => ({ privateKey: pool.take().privateKey, publicKey: pool.take().publicKey });
  const install = rig.install({ madeBy: 'station', crypto: { ...pool.stationCrypto(), newKeyPair } });
  await assert.rejects(install, { code: 'KEY_INSTALL_KEY_DIFFERS' });
  assert.equal(rig.stored, undefined);
});

test('the nonce of each install is new, and the proof of one is none for another', async () => {
  const [first, second] = [
    await new InstallRig({ pool, seed: 1 }).install(),
    await new InstallRig({ pool, seed: 2 }).install(),
  ];
  assert.notDeepEqual(first.nonce, second.nonce);
  const rig = new InstallRig({ pool, seed: 3 });
  const old = (): Uint8Array => new Uint8Array(32);
  const proof = (await rig.install({ challengeOf: old })).keys[0]?.proof ?? new Uint8Array();
  const crypto = pool.stationCrypto();
  const replayed = { ...crypto, verify: (key: Uint8Array, signed: Uint8Array) => crypto.verify(key, signed, proof) };
  await assert.rejects(new InstallRig({ pool, seed: 4 }).install({ crypto: replayed }), {
    code: 'KEY_INSTALL_PROOF_WRONG',
  });
});

test('before a magic packet that is right in all its bytes a device answers nothing', async () => {
  const console = new Console();
  assert.equal(await console.ask('make keys', Uint8Array.of(1)), undefined);
  const magic = magicPacket(TOKEN);
  for (let at = 1; at < magic.length - 1; at++) {
    assert.equal(await console.write(magic.slice(0, at)), undefined);
    assert.equal(await console.write(Uint8Array.of(0)), undefined);
    assert.equal(await console.write(magic.map((byte, index) => (index === at ? byte ^ 0x40 : byte))), undefined);
  }
  for (const change of [{ session: 1 }, { sequence: 1 }, { payload: utf8Encode('MkIoT key install') }]) {
    const frame = { kind: REQUESTS.open, session: 0, sequence: 0, payload: encodeMagic(TOKEN), ...change };
    assert.equal(await console.write(encodeFrame(frame)), undefined);
  }
  assert.equal(await console.write(utf8Encode('help\r\n')), undefined);
});

test('a repeated magic packet changes nothing; one of somebody else begins anew', async () => {
  const console = new Console();
  await console.open();
  await console.write(magicPacket(TOKEN));
  const [first, again] = console.heard;
  assert.deepEqual(again, first);
  assert.ok((await console.ask('make keys', Uint8Array.of(1))) instanceof Uint8Array);
  const before = console.session;
  await console.open(new Uint8Array(8).fill(8));
  assert.notEqual(console.session, before);
  await console.writeFacts();
  assert.equal(await console.prove(1), 'MALFORMED', 'the keys of the one before are gone');
});

test('a repeated request gets the same answer and nothing is done twice', async () => {
  const console = new Console();
  await console.open();
  const frame = encodeFrame({
    kind: REQUESTS['make keys'],
    session: console.session,
    sequence: 1,
    payload: Uint8Array.of(3),
  });
  const [first, again] = [await console.write(frame), await console.write(frame)];
  assert.ok(first);
  assert.deepEqual(again, first);
});

test('frames of another session, from before and out of order are ignored', async () => {
  const console = new Console();
  await console.open();
  const recorded = (sequence: number, session = console.session): Uint8Array =>
    encodeFrame({ kind: REQUESTS['make keys'], session, sequence, payload: Uint8Array.of(1) });
  assert.equal(await console.write(recorded(1, console.session ^ 1)), undefined);
  assert.equal(await console.write(recorded(2)), undefined);
  assert.ok(await console.write(recorded(1)));
  assert.ok(await console.write(recorded(2)));
  assert.equal(await console.write(recorded(1)), undefined);
  const other = encodeFrame({
    kind: REQUESTS['make keys'],
    session: console.session,
    sequence: 2,
    payload: Uint8Array.of(2),
  });
  assert.equal(await console.write(other), undefined, 'it is not the request that has this sequence');
  const session = console.session;
  await console.open(new Uint8Array(8));
  assert.equal(await console.write(recorded(1, session)), undefined);
});

test('requests come in their order, and are refused by name', async () => {
  const console = new Console();
  await console.open();
  assert.equal(await console.prove(1), 'ORDER');
  assert.equal(await console.ask('finish', new Uint8Array(32)), 'NOT_PROVEN');
  assert.equal(await console.ask('make keys', Uint8Array.of(0)), 'MALFORMED');
  assert.equal(await console.ask('make keys', Uint8Array.of(4)), 'MALFORMED');
  assert.equal(
    await console.ask('write facts', encodeFactsPiece({ offset: 1, total: 9, bytes: Uint8Array.of(1) })),
    'ORDER',
  );
  assert.equal(await console.ask('write facts', new Uint8Array(3)), 'MALFORMED');
  assert.equal(await console.writeFacts(FACTS.map((byte, index) => (index === 3 ? byte ^ 1 : byte))), 'FACTS_INVALID');
  const [key] = [pool.take().privateKey];
  assert.equal(await console.ask('install key', installKey(2, 3, key)), 'ORDER');
  assert.equal(await console.ask('install key', installKey(4, 3, key)), 'MALFORMED');
  assert.equal(await console.ask('install key', installKey(1, 3, key.subarray(1))), 'MALFORMED');
  assert.ok((await console.ask('install key', installKey(1, 3, key))) instanceof Uint8Array);
  assert.equal(await console.ask('install key', installKey(2, 2, key)), 'ORDER');
  assert.equal(await console.ask('install key', installKey(2, 3, key)), 'KEY_INVALID', 'it is there already');
  for (const scalar of [new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
    assert.equal(await console.ask('install key', installKey(2, 3, scalar)), 'KEY_INVALID');
  }
  await console.writeFacts();
  assert.equal(await console.prove(1), 'ORDER', 'two keys are missing');
  console.sequence += 1;
  const unknown = encodeFrame({
    kind: 0x42,
    session: console.session,
    sequence: console.sequence,
    payload: new Uint8Array(),
  });
  assert.equal(refusalOf((await console.write(unknown))?.payload[0] ?? 0), 'UNKNOWN_REQUEST');
});

test('what changes after a key was proven has to be proven again, and the digest has to agree', async () => {
  const console = new Console();
  await console.open();
  await console.ask('make keys', Uint8Array.of(1));
  await console.writeFacts();
  assert.ok((await console.prove(1)) instanceof Uint8Array);
  assert.equal(await console.ask('finish', new Uint8Array(32)), 'DIGEST_DIFFERS');
  await console.writeFacts();
  assert.equal(await console.ask('finish', new Uint8Array(32)), 'NOT_PROVEN');
  await console.prove(1);
  await console.ask('make keys', Uint8Array.of(1));
  assert.equal(await console.ask('finish', new Uint8Array(32)), 'NOT_PROVEN');
  assert.equal(console.rig.stored, undefined);
});

test('after the end a device stores nothing more, and the magic packet is not answered', async () => {
  const console = new Console();
  const rig = console.rig;
  const unit = await rig.install();
  const stored = rig.stored;
  await assert.rejects(rig.install({}, { answerMs: 500, maxTries: 3 }), { code: 'KEY_INSTALL_NO_ANSWER' });
  assert.deepEqual(rig.stored, stored);
  assert.equal(unit.keys.length, 3);
});

test('within its session a finished device refuses a second install', async () => {
  const { rig, ...console } = await finished();
  for (const request of ['write facts', 'make keys', 'install key', 'prove', 'finish'] as const) {
    assert.equal(await console.ask(request, Uint8Array.of(1)), 'CLOSED');
  }
  assert.deepEqual(rig.stored, console.stored);
});

/** A device whose key install is over, in the session in which it was. */
async function finished() {
  const console = new Console();
  const { rig } = console;
  let last: Uint8Array = new Uint8Array();
  const write = rig.line.host.write.bind(rig.line.host);
  rig.line.host.write = (bytes) => {
    last = bytes.slice();
    write(bytes);
  };
  await rig.install();
  const decoder = new FrameDecoder((frame) => {
    console.session = frame.session;
    console.sequence = frame.sequence;
  });
  decoder.add(last);
  const back = new FrameDecoder((frame) => console.heard.push(frame));
  rig.line.host.onBytes = (bytes) => back.add(bytes);
  return { rig, stored: rig.stored, ask: (request: RequestName, payload: Uint8Array) => console.ask(request, payload) };
}

test('a device whose storage is full says so, and stays in factory state', async () => {
  const rig = new InstallRig({
    pool,
    store: () => Promise.reject(nvsError('NVS_FULL', { key: 'key-install', size: 4_096 })),
  });
  await assert.rejects(rig.install(), { code: 'KEY_INSTALL_REFUSED', message: /"finish" \(STORAGE_FAILED\)/ });
});

test('an install that is aborted ends, and stores nothing', async () => {
  const rig = new InstallRig({ pool, faults: { disturb: () => new Uint8Array() } });
  const abort = new AbortController();
  const installing = rig.install({ signal: abort.signal });
  abort.abort();
  await assert.rejects(installing, { code: 'KEY_INSTALL_ABORTED' });
  assert.equal(rig.stored, undefined);
});

test('a station refuses a number of keys that no device takes before it says a word', async () => {
  const rig = new InstallRig({ pool });
  for (const keyCount of [0, 4]) await assert.rejects(rig.install({ keyCount }), { code: 'KEY_INSTALL_KEY_COUNT' });
  assert.equal(rig.mode.heard, 0);
});

test('when only the last answer is lost the station says that the device may be finished, and the device is', async () => {
  const rig = new InstallRig({ pool });
  const write = rig.line.chip.write.bind(rig.line.chip);
  rig.line.chip.write = (bytes) => {
    if (rig.stored === undefined) write(bytes);
  };
  await assert.rejects(rig.install(), {
    code: 'KEY_INSTALL_UNCONFIRMED',
    message: /"key install closed, [0-9a-f]{64}"/,
  });
  assert.ok(rig.stored);
});
