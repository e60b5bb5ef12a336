import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Packet } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { type BridgeBench, connectPacket, type TestClient } from '../bridge.testing.ts';

const MESSAGES_PER_CONNECTION = 6;
const COMMANDS = '/devices/pump-1/commands/#';

/**
 * A device as the specification wants it: what it has not finished it sends again on the next connection, with the same
 * identifier, and what it is sent at QoS 2 it takes once.
 */
class LoadDevice {
  readonly acknowledged = new Set<string>();
  readonly commands: string[] = [];
  readonly problems: string[] = [];
  readonly #open = new Map<number, { text: string; qos: 1 | 2; isReceived: boolean; wasSent: boolean }>();
  readonly #held = new Set<number>();
  #client: TestClient | undefined = undefined;
  #isDeaf = false;
  #lastId = 0;
  #count = 0;

  get openCount(): number {
    return this.#open.size;
  }

  /** Takes over: the device reads the connection before no more, and does not close it. Resolves when CONNACK has come. */
  async connect(connected: TestClient | Promise<TestClient>): Promise<void> {
    const isFirst = this.#client === undefined;
    const client = await connected;
    this.#client = client;
    this.#isDeaf = false;
    client.send(connectPacket('pump-1', { cleanSession: false }));
    const connack = await client.packet();
    assert.ok(connack?.type === 'CONNACK' && connack.returnCode === 0);
    assert.equal(connack.sessionPresent, !isFirst);
    void this.#listen(client);
    for (const [packetId, message] of this.#open) this.#send(packetId, message);
  }

  /** What comes from here on to the next connection is lost on its way. */
  goDeaf(): void {
    this.#isDeaf = true;
  }

  publish(qos: 1 | 2): string {
    do this.#lastId = (this.#lastId % 200) + 1;
    while (this.#open.has(this.#lastId));
    const message = { text: `${qos}-${this.#count++}`, qos, isReceived: false, wasSent: false };
    this.#open.set(this.#lastId, message);
    this.#send(this.#lastId, message);
    return message.text;
  }

  subscribe(): void {
    this.#client?.send({ type: 'SUBSCRIBE', packetId: 999, subscriptions: [{ filter: COMMANDS, qos: 2 }] });
  }

  #send(packetId: number, message: { text: string; qos: 1 | 2; isReceived: boolean; wasSent: boolean }): void {
    const { text, qos, isReceived, wasSent } = message;
    message.wasSent = true;
    const publish = { type: 'PUBLISH', topic: '/devices/pump-1/events', payload: utf8Encode(text) } as const;
    if (isReceived) this.#client?.send({ type: 'PUBREL', packetId });
    else this.#client?.send({ ...publish, qos, retain: false, dup: wasSent, packetId });
  }

  async #listen(client: TestClient): Promise<void> {
    for (let packet = await client.packet(); packet !== undefined; packet = await client.packet()) {
      // What comes on a connection that the device has left is read nowhere.
      if (client === this.#client && !this.#isDeaf) this.#answer(client, packet);
    }
  }

  #answer(client: TestClient, packet: Packet): void {
    if (packet.type === 'PUBLISH' && packet.packetId !== undefined) {
      if (!this.#held.has(packet.packetId)) this.commands.push(utf8Decode(packet.payload));
      this.#held.add(packet.packetId);
      client.send({ type: 'PUBREC', packetId: packet.packetId });
    } else if (packet.type === 'PUBREL') {
      this.#held.delete(packet.packetId);
      client.send({ type: 'PUBCOMP', packetId: packet.packetId });
    } else if (packet.type === 'PUBACK' || packet.type === 'PUBCOMP') {
      const message = this.#open.get(packet.packetId);
      if (message?.qos !== (packet.type === 'PUBACK' ? 1 : 2)) this.problems.push(`${packet.type} for nothing`);
      if (message !== undefined) this.acknowledged.add(message.text);
      this.#open.delete(packet.packetId);
    } else if (packet.type === 'PUBREC') {
      const message = this.#open.get(packet.packetId);
      if (message === undefined) this.problems.push('PUBREC for nothing');
      else message.isReceived = true;
      client.send({ type: 'PUBREL', packetId: packet.packetId });
    }
  }
}

/** Some turns of the event loop, now more, now fewer: a take-over meets every state of an exchange. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => void setImmediate(resolve));
}

/** A device that is taken over from itself again and again while messages are on their way in both directions. */
export interface TakeOverLoad {
  readonly bench: BridgeBench;
  readonly takeOvers: number;
  /** A connection that has not logged in. */
  readonly connect: () => TestClient | Promise<TestClient>;
}

/** Lets it happen, and asserts that no QoS 1 message is lost, and each of QoS 2 stored or delivered once. */
export async function takeOverUnderLoad({ bench, takeOvers, connect }: TakeOverLoad): Promise<void> {
  bench.domain.qos = 2;
  // The disk takes its time, and tells in another turn.
  bench.domain.onMessage = ({ outcome, packetId }) => {
    if (packetId !== undefined) setImmediate(() => outcome.accepted(packetId));
  };
  const device = new LoadDevice();
  const published: string[] = [];
  const commanded: string[] = [];
  await device.connect(connect());
  device.subscribe();
  while (bench.bridge.session(1)?.subscriptionQos('commands') === undefined) await turns(1);
  const fates: boolean[] = [];
  for (let takeOver = 0; takeOver < takeOvers; takeOver++) {
    for (let index = 0; index < MESSAGES_PER_CONNECTION; index++)
      published.push(device.publish(index % 2 === 0 ? 1 : 2));
    const session = bench.bridge.session(1);
    assert.equal(session?.subscriptionQos('commands'), 2);
    const text = `command-${takeOver}`;
    const payload = utf8Encode(text);
    session.deliver('commands', '', payload, (delivered) => void fates.push(delivered), { mayWait: true });
    commanded.push(text);
    await turns(takeOver % 5);
    if (takeOver % 2 === 0) device.goDeaf();
    await turns(takeOver % 7);
    await device.connect(connect());
    assert.equal(bench.bridge.session(1)?.epoch, takeOver + 2);
    assert.equal(bench.bridge.sessionCount, 1);
  }
  while (device.openCount > 0 || fates.length < takeOvers) await turns(1);

  assert.deepEqual(device.problems, []);
  assert.deepEqual([...device.acknowledged].sort(), published.toSorted(), 'each message was acknowledged in the end');
  const stored = Map.groupBy(bench.domain.messages, ({ text }) => text);
  assert.equal(stored.size, published.length, 'none is lost');
  const twice = [...stored].filter(([text, copies]) => text.startsWith('2') && copies.length !== 1);
  assert.deepEqual(twice, [], 'none at QoS 2 is stored twice');
  assert.deepEqual(device.commands, commanded, 'each command came once, in order');
  assert.ok(fates.every(Boolean) && fates.length === takeOvers);
  assert.equal(bench.bridge.counts.closed.get('TAKEN_OVER'), takeOvers);
}
