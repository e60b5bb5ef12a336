import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodeConnect } from '@mkiot/core/mqtt/connect';
import { encodePacket } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, PASSWORD, publishPacket } from '../bridge.testing.ts';

const ACCEPTED = { type: 'CONNACK', sessionPresent: false, returnCode: 0 };
const NOT_AUTHORIZED = { type: 'CONNACK', sessionPresent: false, returnCode: 5 };

for (const [name, changes] of [
  ['any user name', { userName: 'unused' }],
  ['an empty user name', { userName: '' }],
  ['a session to be kept', { cleanSession: false }],
  ['a will', { will: { topic: 'gone', payload: utf8Encode('bye'), qos: 1, retain: true } }],
  ['no keep-alive', { keepAliveSeconds: 0 }],
] as const) {
  test(`a device logs in with ${name}, and no session is ever present`, async () => {
    const bench = new BridgeBench();
    const client = bench.connect();
    client.send(connectPacket('pump-1', changes));
    assert.deepEqual(await client.packet(), ACCEPTED);
    assert.deepEqual(bench.domain.story, ['opened pump-1 #1']);
    assert.equal(bench.bridge.session(1)?.principal.deviceId, 'pump-1');
  });
}

test('a password without a user name logs in', async () => {
  const bench = new BridgeBench();
  const client = bench.connect();
  const bytes = encodeConnect(connectPacket('pump-1', { userName: undefined, password: undefined }));
  bytes[9]! |= 0x40; // the password flag
  bytes[1]! += 2 + PASSWORD.length;
  client.socket.write(Buffer.concat([bytes, Uint8Array.of(0, PASSWORD.length), utf8Encode(PASSWORD)]));
  assert.deepEqual(await client.packet(), ACCEPTED);
});

test('an ignored will is logged, without its topic and its payload', async () => {
  const bench = new BridgeBench();
  await bench.login('pump-1', { will: { topic: 'grave', payload: utf8Encode('bye'), qos: 0, retain: false } });
  assert.equal(bench.logLines.length, 1);
  assert.match(bench.logLines[0]!, /"device":"pump-1".*will of a device is ignored/);
  assert.doesNotMatch(bench.logLines[0]!, /grave|bye/);
});

for (const [name, changes] of [
  ['a wrong password', { password: utf8Encode('guess') }],
  ['no password', { userName: undefined, password: undefined }],
  ['an unknown client identifier', { clientId: 'pump-9' }],
  ['an empty client identifier', { clientId: '' }],
] as const) {
  test(`${name} is answered with return code 5 and the end of the connection`, async () => {
    const bench = new BridgeBench();
    const client = bench.connect();
    client.send(connectPacket('pump-1', changes), { type: 'PINGREQ' });
    assert.deepEqual(await client.ended(), [NOT_AUTHORIZED]);
    assert.equal(bench.domain.story.length, 1);
    assert.match(bench.domain.story[0]!, /^refused /);
    assert.equal(bench.bridge.sessionCount, 0);
    assert.doesNotMatch(bench.logLines.join(), /guess/);
  });
}

test('a login that the domain fails at is refused like any other, and only the log knows', async () => {
  const bench = new BridgeBench();
  bench.failLogins(new Error('no database'));
  const client = bench.connect();
  client.send(connectPacket('pump-1'));
  assert.deepEqual(await client.ended(), [NOT_AUTHORIZED]);
  assert.match(bench.logLines.join(), /no database/);
});

for (const [name, bytes, returnCode] of [
  ['MQTT 6', '100d 00044d515454 06 02 003c 00 0000', 1],
  ['MQTT 3.1', '1010 00064d5149736470 03 02 003c 000161 00', 1],
  ['an empty client identifier without clean session', '100c 00044d515454 04 00 003c 0000', 2],
] as const) {
  test(`${name} is answered with return code ${returnCode}`, async () => {
    const bench = new BridgeBench();
    const client = bench.connect();
    client.socket.write(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
    assert.deepEqual(await client.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode }]);
  });
}

test('another protocol and a malformed CONNECT are not answered', async () => {
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', Buffer.from('100c00044d5154540403003c0000', 'hex')]) {
    const bench = new BridgeBench();
    const client = bench.connect();
    client.socket.write(bytes);
    assert.deepEqual(await client.ended(), []);
    assert.match(bench.domain.story.join(), /^refused a stranger: SERVER: .* broke the MQTT protocol/);
  }
});

test('whatever comes before CONNECT ends the connection', async () => {
  for (const packet of [
    publishPacket('/devices/pump-1/events', 'x'),
    { type: 'PINGREQ' } as const,
    { type: 'DISCONNECT' } as const,
  ]) {
    const bench = new BridgeBench();
    const client = bench.connect();
    client.send(packet, connectPacket('pump-1'));
    assert.deepEqual(await client.ended(), []);
    assert.match(
      bench.domain.story.join('|'),
      new RegExp(`^refused a stranger: .*first packet was ${packet.type}[^|]*$`),
    );
    assert.deepEqual(bench.domain.messages, []);
  }
});

test('a second CONNECT ends the session', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send(connectPacket('pump-1'));
  assert.deepEqual(await client.ended(), []);
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION']);
});

test('what a client sends behind its CONNECT waits until the login is decided', async () => {
  const bench = new BridgeBench();
  const login = Promise.withResolvers<void>();
  bench.domain.loginGate = login.promise;
  const client = bench.connect();
  client.send(
    connectPacket('pump-1'),
    { type: 'SUBSCRIBE', packetId: 7, subscriptions: [{ filter: '/devices/pump-1/config', qos: 1 }] },
    publishPacket('/devices/pump-1/events', 'early', 8),
  );
  await bench.pass(2_000);
  assert.equal(bench.domain.messages.length, 0);
  login.resolve();
  assert.deepEqual(await client.packet(), ACCEPTED);
  const types = (await client.packetsBeforePong()).map((packet) => packet.type);
  assert.deepEqual(types.toSorted(), ['PUBACK', 'PUBLISH', 'SUBACK']);
  assert.deepEqual(
    bench.domain.messages.map(({ text }) => text),
    ['early'],
  );
});

test('a client that says everything at once and goes is heard to the end', async () => {
  const bench = new BridgeBench();
  const login = Promise.withResolvers<void>();
  bench.domain.loginGate = login.promise;
  const client = bench.connect();
  client.send(connectPacket('pump-1'), publishPacket('/devices/pump-1/events', 'hello'), { type: 'DISCONNECT' });
  client.socket.end();
  await bench.pass(1_000);
  login.resolve();
  await client.ended();
  assert.equal(bench.domain.messages[0]?.text, 'hello');
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 CLIENT CLIENT_DISCONNECT']);
});

test('while a login is undecided no more than what came with it is taken from the socket', async () => {
  const bench = new BridgeBench();
  const login = Promise.withResolvers<void>();
  bench.domain.loginGate = login.promise;
  const client = bench.connect();
  client.send(connectPacket('pump-1'));
  let taken = 0;
  const flood = encodePacket(publishPacket('/devices/pump-1/events', 'x'.repeat(1_000)));
  for (let index = 0; index < 2_000; index++) client.socket.write(flood, () => taken++);
  await bench.pass(1_000);
  assert.ok(taken < 200, `${taken} of 2,000 packets were taken`);
  login.resolve();
  await client.packet();
  await client.packetsBeforePong();
  assert.equal(bench.domain.messages.length, 2_000);
});

test('a CONNECT longer than a login can be is refused at its length', async () => {
  const bench = new BridgeBench({ connectBytes: 1_000 });
  const client = bench.connect();
  client.socket.write(Uint8Array.of(0x10, 0xff, 0x7f));
  assert.deepEqual(await client.ended(), []);
  assert.match(bench.domain.story.join(), /1000 bytes are accepted/);
});

test('a login that a client does not wait for is not opened', async () => {
  const bench = new BridgeBench();
  const login = Promise.withResolvers<void>();
  bench.domain.loginGate = login.promise;
  const client = bench.connect();
  client.send(connectPacket('pump-1'));
  await bench.pass(1_000);
  client.socket.destroy();
  await bench.pass(20_000);
  login.resolve();
  await bench.pass(1_000);
  assert.equal(bench.domain.story.length, 1);
  assert.match(bench.domain.story[0]!, /^refused pump-1: /);
  assert.equal(bench.bridge.connectionCount, 0);
});
