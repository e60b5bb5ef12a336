import { encodePacket } from '../../packages/core/src/mqtt/packet.ts';
import { ByteClient } from './byteClient.ts';
import type { Message, Sequence } from './sequences.ts';

/**
 * How a case went. `LENIENT`: only the DISCONNECT of MQTT 5.0 before the close was missing or had another reason code,
 * and the specification leaves that to the server in most cases.
 */
export type Verdict = 'STRICT' | 'LENIENT' | 'FAILED';

const CONNACK = 0x20;
/** Longer ones are of MQTT 5.0. */
const CONNACK_4_BYTES = 4;
const DISCONNECT = 0xe0;
const HELPER_PACKET_ID = 1;
const PINGREQ = Uint8Array.of(0xc0, 0);
const PINGRESP = Buffer.of(0xd0, 0);

/** Runs one case against the server on this loopback port. */
export async function runSequence(sequence: Sequence, port: number): Promise<Verdict> {
  const client = await ByteClient.connect(port);
  try {
    if (sequence.connects && !(await logIn(client, sequence.level))) return 'FAILED';
    let verdict: Verdict = 'STRICT';
    for (const message of sequence.messages) {
      const heard = await perform(message, client, sequence.level, port);
      if (heard === 'FAILED') return 'FAILED';
      if (heard === 'LENIENT') verdict = 'LENIENT';
    }
    return (await endsAsExpected(client, sequence.endsClosed)) ? verdict : 'FAILED';
  } finally {
    client.close();
  }
}

async function perform(message: Message, client: ByteClient, level: number, port: number): Promise<Verdict> {
  if (message.type === 'publish') {
    await publish(message.topic, message.payload, message.qos, port);
    return 'STRICT';
  }
  const bytes = Buffer.from(message.payload.replaceAll(/\s/g, ''), 'hex');
  if (message.type === 'recv') return hear(bytes, client, level);
  client.send(bytes);
  return 'STRICT';
}

async function hear(expected: Buffer, client: ByteClient, level: number): Promise<Verdict> {
  // The corpus has the properties of its own server in the CONNACK: only the reason code says something about another.
  if (expected[0] === CONNACK && expected.length > CONNACK_4_BYTES) {
    const connack = await client.readPacket();
    return connack?.[0] === CONNACK && connack[3] === expected[3] ? 'STRICT' : 'FAILED';
  }
  const heard = await client.read(expected.length);
  if (heard?.equals(expected) === true) return 'STRICT';
  const mayDiffer = level === 5 && expected[0] === DISCONNECT && heard !== undefined;
  return mayDiffer && (heard.length === 0 || heard[0] === DISCONNECT) ? 'LENIENT' : 'FAILED';
}

async function endsAsExpected(client: ByteClient, endsClosed: boolean): Promise<boolean> {
  if (endsClosed) return (await client.read(1))?.length === 0;
  client.send(PINGREQ);
  return (await client.read(2))?.equals(PINGRESP) === true;
}

async function logIn(client: ByteClient, level: 3 | 4 | 5): Promise<boolean> {
  client.send(connectBytes('conformance', level));
  const connack = await client.readPacket();
  return connack?.[0] === CONNACK && connack[3] === 0;
}

/** What the helper of the corpus does: at QoS 1 and 2 it stays until its message has arrived. */
async function publish(topic: string, text: string, qos: 0 | 1 | 2, port: number): Promise<void> {
  const helper = await ByteClient.connect(port);
  const packetId = qos === 0 ? undefined : HELPER_PACKET_ID;
  const message = { type: 'PUBLISH', topic, payload: Buffer.from(text), retain: false, dup: false, packetId } as const;
  helper.send(connectBytes('helper', 4));
  await helper.readPacket();
  helper.send(encodePacket({ ...message, qos }));
  if (qos > 0) await helper.readPacket();
  if (qos === 2) {
    helper.send(encodePacket({ type: 'PUBREL', packetId: HELPER_PACKET_ID }));
    await helper.readPacket();
  }
  helper.close();
}

function connectBytes(clientId: string, level: 3 | 4 | 5): Uint8Array {
  const bytes = encodePacket({
    type: 'CONNECT',
    protocolLevel: level === 5 ? 5 : 4,
    clientId,
    cleanSession: true,
    keepAliveSeconds: 60,
    will: undefined,
    userName: undefined,
    password: undefined,
  });
  if (level !== 3) return bytes;
  const body = bytes.subarray(9);
  return Buffer.concat([Uint8Array.of(0x10, body.length + 9, 0, 6), Buffer.from('MQIsdp'), Uint8Array.of(3), body]);
}
