import { encodePacket } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { connectPacket, TestClient } from '../bridge/bridge.testing.ts';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { listenShared } from './listenShared.ts';
import { TicketKeys } from '../bridge/listener/ticketKeys.ts';
import { answerOn, measureRequest, SharedPortBench } from './sharedPort.testing.ts';

const CONNECT = encodePacket(connectPacket('pump-1'), 4);

/** The two protocols: the bytes that a client begins with, and whether what comes back is an answer to them. */
const PROTOCOLS = {
  MQTT: {
    opening: CONNECT,
    isAnswered: async (socket: TLSSocket) => {
      assert.equal((await new TestClient(socket).packet())?.type, 'CONNACK');
    },
  },
  HTTP: {
    opening: measureRequest(3),
    isAnswered: async (socket: TLSSocket) => {
      assert.deepEqual(await answerOn(socket), { status: 200, body: { length: 3, remoteAddress: '127.0.0.1' } });
    },
  },
} as const;

const OFFERS: readonly [ALPNProtocols: string[] | undefined, chosen: string | false, keyof typeof PROTOCOLS][] = [
  [['mqtt'], 'mqtt', 'MQTT'],
  [['http/1.1'], 'http/1.1', 'HTTP'],
  [['h2', 'http/1.1'], 'http/1.1', 'HTTP'],
  [['http/1.1', 'mqtt'], 'mqtt', 'MQTT'],
  [undefined, false, 'MQTT'],
  [undefined, false, 'HTTP'],
];
for (const [ALPNProtocols, chosen, name] of OFFERS) {
  test(`a client that offers ${ALPNProtocols?.join(' and ') ?? 'nothing'} and speaks ${name} is served`, async () => {
    await using bench = await SharedPortBench.open();
    const socket = await bench.connect(ALPNProtocols && { ALPNProtocols });
    assert.equal(socket.alpnProtocol, chosen);
    const { opening, isAnswered } = PROTOCOLS[name];
    socket.write(opening);
    await isAnswered(socket);
    assert.deepEqual(bench.refusals, []);
  });
}

test('a client that offers h2 alone is refused in the handshake: HTTP/2 is not spoken here', async () => {
  await using bench = await SharedPortBench.open();
  await assert.rejects(bench.connect({ ALPNProtocols: ['h2'] }), /no.application.protocol/i);
});

test('ALPN decides, not the bytes: a request on a connection for MQTT is no CONNECT', async () => {
  await using bench = await SharedPortBench.open();
  const socket = await bench.connect({ ALPNProtocols: ['mqtt'] });
  socket.write(measureRequest(3));
  assert.deepEqual(await new TestClient(socket).ended(), []);
  assert.match(bench.bench.domain.story.join(), /refused a stranger/);
});

for (const [name, { opening, isAnswered }] of Object.entries(PROTOCOLS)) {
  test(`${name} may come a byte at a time, its first byte late`, async () => {
    await using bench = await SharedPortBench.open();
    const socket = await bench.connect();
    await bench.bench.clock.advanceAsync(9_999);
    for (const byte of opening) {
      await new Promise((resolve) => void socket.write(Uint8Array.of(byte), resolve));
      await setImmediate();
    }
    await isAnswered(socket);
    assert.deepEqual(bench.refusals, []);
  });
}

test('a long request arrives whole though its first byte was looked at', async () => {
  await using bench = await SharedPortBench.open();
  const socket = await bench.connect();
  socket.write(measureRequest(1_000_000));
  assert.partialDeepStrictEqual(await answerOn(socket), { status: 200, body: { length: 1_000_000 } });
});

for (const byte of [0x00, 0x0f, 0x11, 0x16, 0x20, 0x40, 0x5b, 0x60, 0x7b, 0xc1, 0xff]) {
  test(`a connection that begins with 0x${byte.toString(16)} is closed without an answer`, async () => {
    await using bench = await SharedPortBench.open();
    const socket = await bench.connect();
    let answered = false;
    socket.on('data', () => (answered = true));
    socket.write(Uint8Array.of(byte, ...CONNECT.subarray(1)));
    await once(socket, 'close');
    assert.equal(answered, false);
    assert.deepEqual(bench.refusals, ['127.0.0.1 Its first byte is neither of MQTT nor of HTTP.']);
    assert.equal(bench.bench.bridge.counts.connectionsAccepted, 0);
  });
}

test('a connection that ends without a byte is closed', async () => {
  await using bench = await SharedPortBench.open();
  const socket = (await bench.connect()).resume();
  socket.end();
  await once(socket, 'close');
  assert.deepEqual(bench.refusals, ['127.0.0.1 It ended without a byte.']);
});

test('the time for the first byte begins with the TCP connection, and nobody waits for it longer', async () => {
  await using bench = await SharedPortBench.open();
  const socket = (await bench.connect()).resume();
  const closed = once(socket, 'close');
  await bench.bench.clock.advanceAsync(10_000);
  await closed;
  assert.deepEqual(bench.refusals, ['127.0.0.1 No byte came in time that says whether it is MQTT or HTTP.']);
});

test('1,000 silent connections keep nobody out, and all are cut after ten seconds', async () => {
  await using bench = await SharedPortBench.open();
  const silent: TLSSocket[] = [];
  while (silent.length < 1_000) {
    silent.push(...(await Promise.all(Array.from({ length: 50 }, () => bench.connect()))));
  }
  for (const { opening, isAnswered } of Object.values(PROTOCOLS)) {
    const socket = await bench.connect();
    socket.write(opening);
    await isAnswered(socket);
  }
  const closed = Promise.all(silent.map((socket) => once(socket.resume(), 'close')));
  await bench.bench.clock.advanceAsync(10_000);
  await closed;
  assert.equal(bench.refusals.length, 1_000);
});

test('closing takes nobody, cuts who has said nothing, and leaves the others to who took them', async () => {
  await using bench = await SharedPortBench.open();
  const mqtt = await bench.connect();
  mqtt.write(CONNECT);
  const client = new TestClient(mqtt);
  assert.equal((await client.packet())?.type, 'CONNACK');
  const http = await bench.connect({ ALPNProtocols: ['http/1.1'] });
  const silent = (await bench.connect()).resume();
  const silentClosed = once(silent, 'close');
  await bench.shared.close();
  await silentClosed;
  await assert.rejects(bench.connect(), { code: 'ECONNREFUSED' });
  assert.deepEqual(await client.packetsBeforePong(), []);
  http.write(measureRequest(3));
  await PROTOCOLS.HTTP.isAnswered(http);
  assert.deepEqual(bench.refusals, []);
});

test('a new certificate is for new connections', async () => {
  await using bench = await SharedPortBench.open();
  const before = (await bench.connect()).getPeerCertificate().serialNumber;
  bench.shared.setSecureContext(await serverCertificate(bench.authority));
  assert.notEqual((await bench.connect()).getPeerCertificate().serialNumber, before);
});

test('a port that is taken is named, with who has it and the settings that choose another', async () => {
  await using bench = await SharedPortBench.open();
  const { certificate, shared } = bench;
  const { clock, log } = bench.bench;
  const takers = { mqtt: () => undefined, http: () => undefined };
  const ticketKeys = new TicketKeys(clock, randomFill);
  const options = { host: '127.0.0.1', port: shared.port, certificate, ticketKeys, clock, log, takers };
  await assert.rejects(listenShared({ ...options, refused: () => undefined }), ({ code, message }) => {
    assert.equal(code, 'MQTT_LISTEN_FAILED');
    assert.match(message, new RegExp(`127.0.0.1 port ${shared.port}: EADDRINUSE, .* has it already`));
    assert.match(message, /shared\.host and shared\.port/);
    return true;
  });
});
