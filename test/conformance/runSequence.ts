import { encodePacket } from '../../packages/core/src/mqtt/packet.ts';
import { ByteClient } from './byteClient.ts';
import type { Message, Sequence } from './sequences.ts';

/**
 * How a case went. `LENIENT`: only the DISCONNECT of MQTT 5.0 before the close was missing or had another reason code,
 * and the specification leaves that to the server in most cases.
 */
export type Verdict = 'STRICT' | 'LENIENT' | 'FAILED';

export interface Outcome {
  readonly verdict: Verdict;
  /** Where the case left the corpus, what came instead: hexadecimal, empty for the end of the connection or nothing. */
  readonly heard: string;
}

const AS_EXPECTED: Outcome = { verdict: 'STRICT', heard: '' };

const CONNACK = 0x20;
/** Longer ones are of MQTT 5.0. */
const CONNACK_4_BYTES = 4;
const DISCONNECT = 0xe0;
const HELPER_PACKET_ID = 1;
const PINGREQ = Uint8Array.of(0xc0, 0);
const PINGRESP = Buffer.of(0xd0, 0);

/** Runs one case against the server on this loopback port. */
export async function runSequence(sequence: Sequence, port: number): Promise<Outcome> {
  const client = await ByteClient.connect(port);
  try {
    const login = sequence.connects ? await logIn(client, sequence.level) : AS_EXPECTED;
    if (login.verdict !== 'STRICT') return login;
    let outcome = AS_EXPECTED;
    for (const message of sequence.messages) {
      const step = await perform(message, client, sequence.level, port);
      if (step.verdict === 'FAILED') return step;
      if (step.verdict === 'LENIENT') outcome = step;
    }
    const end = await hearEnd(client, sequence.endsClosed);
    return end.verdict === 'STRICT' ? outcome : end;
  } finally {
    client.close();
  }
}

async function perform(message: Message, client: ByteClient, level: number, port: number): Promise<Outcome> {
  if (message.type === 'publish') {
    await publish(message.topic, message.payload, message.qos, port);
    return AS_EXPECTED;
  }
  const bytes = Buffer.from(message.payload.replaceAll(/\s/g, ''), 'hex');
  if (message.type === 'recv') return hear(bytes, client, level);
  client.send(bytes);
  return AS_EXPECTED;
}

async function hear(expected: Buffer, client: ByteClient, level: number): Promise<Outcome> {
  // The corpus has the properties of its own server in the CONNACK: only the reason code says something about another.
  if (expected[0] === CONNACK && expected.length > CONNACK_4_BYTES) {
    const connack = await client.readPacket();
    return outcomeOf(connack?.[0] === CONNACK && connack[3] === expected[3], connack);
  }
  const heard = await client.read(expected.length);
  if (heard?.equals(expected) === true) return AS_EXPECTED;
  const mayDiffer = level === 5 && expected[0] === DISCONNECT && heard !== undefined;
  const isLenient = mayDiffer && (heard.length === 0 || heard[0] === DISCONNECT);
  return { verdict: isLenient ? 'LENIENT' : 'FAILED', heard: heard?.toString('hex') ?? '' };
}

async function hearEnd(client: ByteClient, endsClosed: boolean): Promise<Outcome> {
  if (!endsClosed) client.send(PINGREQ);
  const heard = await client.readPacket();
  return outcomeOf(endsClosed ? heard?.length === 0 : heard?.equals(PINGRESP) === true, heard);
}

function outcomeOf(isExpected: boolean, heard: Buffer | undefined): Outcome {
  return isExpected ? AS_EXPECTED : { verdict: 'FAILED', heard: heard?.toString('hex') ?? '' };
}

async function logIn(client: ByteClient, level: 3 | 4 | 5): Promise<Outcome> {
  client.send(connectBytes('conformance', level));
  const connack = await client.readPacket();
  return outcomeOf(connack?.[0] === CONNACK && connack[3] === 0, connack);
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
