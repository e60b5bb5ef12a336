import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePacket, type Packet } from './packet.ts';
import { PacketParser } from './packetParser.ts';
import { RULES_5 } from './rules.ts';

interface Example {
  /** A packet that breaks the rule, in hexadecimal; absent where bytes cannot break it. */
  readonly bytes?: string;
  /** Where the parser finds the fault. */
  readonly offset?: number;
  /** The same fault for the encoder, where a packet of ours can express it. */
  readonly packet?: Packet;
}

const payload = new Uint8Array(0);
const publish = {
  type: 'PUBLISH',
  topic: 'a',
  payload,
  qos: 0,
  retain: false,
  dup: false,
  packetId: undefined,
} as const;
const connect = {
  type: 'CONNECT',
  protocolLevel: 5,
  clientId: 'a',
  cleanSession: true,
  keepAliveSeconds: 0,
  will: undefined,
  userName: undefined,
  password: undefined,
} as const;
const options = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
// The bytes of a CONNECT up to its properties: "MQTT", level 5, clean start, keep-alive 0.
const MQTT_5 = '00044d51545405020000';

const EXAMPLES: Readonly<Record<keyof typeof RULES_5, readonly Example[]>> = {
  VARIABLE_BYTE_INTEGER: [
    { bytes: '3005000161 8000', offset: 5 }, // 0 in two bytes
    { bytes: '30080001618080808001', offset: 5 }, // five bytes
    { bytes: 'c08000', offset: 2 }, // a remaining length of 0 in two bytes
    { bytes: `108e00${MQTT_5}00000161`, offset: 2 }, // that of a CONNECT, which says the level only later
    {
      packet: {
        type: 'SUBSCRIBE',
        packetId: 1,
        subscriptions: [{ filter: 'a', qos: 0 }],
        properties: { subscriptionIdentifiers: [268_435_456] },
      },
    },
  ],
  PROPERTY_MISPLACED: [
    { bytes: '3006000161027f00', offset: 6 },
    { bytes: '300b000161070002000000011f', offset: 6 }, // 0x00 is none
    { bytes: '3008000161042700000001', offset: 6, packet: { ...publish, properties: { maximumPacketSizeBytes: 1 } } },
  ],
  PROPERTY_TWICE: [
    { bytes: '3008000161 0401010101', offset: 8 },
    {
      bytes: '820a0001040b010b0100016100',
      offset: 7,
      packet: {
        type: 'SUBSCRIBE',
        packetId: 1,
        subscriptions: [{ filter: 'a', qos: 0 }],
        properties: { subscriptionIdentifiers: [1, 2] },
      },
    },
  ],
  PROPERTY_VALUE: [
    { bytes: '3006000161020102', offset: 7, packet: { ...publish, properties: { payloadFormatIndicator: 2 } } },
    { bytes: `1011${MQTT_5}03210000000161`, offset: 15, packet: { ...connect, properties: { receiveMaximum: 0 } } },
    { packet: { ...connect, properties: { receiveMaximum: 0x1_0000 } } },
    { packet: { ...connect, properties: { sessionExpiryIntervalSeconds: -1 } } },
  ],
  REASON_CODE: [
    { bytes: '40030001ff', offset: 4, packet: { type: 'PUBACK', packetId: 1, reasonCode: 0xff } },
    { bytes: '620300010f', offset: 4, packet: { type: 'PUBREL', packetId: 1, reasonCode: 0x10 } },
    { bytes: 'e00101', offset: 2, packet: { type: 'DISCONNECT', reasonCode: 1 } },
    { packet: { type: 'CONNACK', sessionPresent: false, returnCode: 5 } },
    { packet: { type: 'SUBACK', packetId: 1, returnCodes: [3] } },
    { packet: { type: 'UNSUBACK', packetId: 1, reasonCodes: [1] } },
  ],
  AUTHENTICATION_DATA: [
    {
      bytes: `1012${MQTT_5}0416000170000161`,
      packet: { ...connect, properties: { authenticationData: payload } },
    },
  ],
  TOPIC_NAME_MISSING: [{ bytes: '3003000000', packet: { ...publish, topic: '' } }],
  TOPIC_ALIAS_ZERO: [{ bytes: '300700016103230000', offset: 8, packet: { ...publish, properties: { topicAlias: 0 } } }],
  RESPONSE_TOPIC: [
    { bytes: '3008000161040800012b', offset: 9, packet: { ...publish, properties: { responseTopic: '+' } } },
    { bytes: '300700016103080000', offset: 8, packet: { ...publish, properties: { responseTopic: '' } } },
  ],
  SUBSCRIPTION_OPTIONS: [
    { bytes: '82070001000001 6140', offset: 8 },
    { bytes: '82070001000001 6180', offset: 8 },
  ],
  RETAIN_HANDLING: [
    {
      bytes: '82070001000001 6130',
      offset: 8,
      packet: {
        type: 'SUBSCRIBE',
        packetId: 1,
        subscriptions: [{ filter: 'a', qos: 0, options: { ...options, retainHandling: 3 as never } }],
      },
    },
  ],
  SHARED_NO_LOCAL: [
    {
      bytes: '8210000100000a2473686172652f702f6104',
      offset: 17,
      packet: {
        type: 'SUBSCRIBE',
        packetId: 1,
        subscriptions: [{ filter: '$share/p/a', qos: 0, options: { ...options, noLocal: true } }],
      },
    },
  ],
  SHARED_FILTER: [
    { bytes: '820f00010000092473686172652f702f00', offset: 15 },
    { packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['$share/p'] } },
    { packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['$share//a'] } },
    { packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['$share/+/a'] } },
  ],
};

for (const [rule, examples] of Object.entries(EXAMPLES) as [keyof typeof RULES_5, readonly Example[]][]) {
  for (const { bytes, offset, packet } of examples) {
    if (bytes !== undefined) {
      test(`the parser refuses ${bytes} by ${RULES_5[rule].section} of MQTT 5.0: ${RULES_5[rule].says}`, () => {
        const parser = new PacketParser({ from: 'CLIENT', level: 5, maxPacketBytes: 1 << 20 });
        parser.push(Uint8Array.from(Buffer.from(bytes.replaceAll(' ', ''), 'hex')));
        assert.throws(
          () => parser.next(),
          (error: { code: string; message: string; context: { rule: string; offset: number } }) => {
            assert.equal(error.code, 'MQTT_PACKET_MALFORMED', error.message);
            assert.equal(error.context.rule, rule, error.message);
            assert.match(error.message, /of MQTT 5\.0\)/);
            if (offset !== undefined) assert.equal(error.context.offset, offset);
            return true;
          },
        );
      });
    }
    if (packet !== undefined) {
      test(`the encoder refuses a ${packet.type} by ${RULES_5[rule].section} of MQTT 5.0 (${JSON.stringify(packet)})`, () => {
        assert.throws(() => encodePacket(packet, 5), { code: 'MQTT_PACKET_INVALID' });
      });
    }
  }
}

test('a breach is a malformed packet, or what MQTT 5.0 calls it', () => {
  for (const [bytes, reasonCode] of [
    ['3003000000', 0x82],
    ['300700016103230000', 0x94],
    ['c001', 0x81],
    ['8206000000000000', 0x82],
    ['0000', 0x82],
    ['8203000100', 0x82], // no filter
    ['a203000100', 0x82],
    ['820700010000016103', 0x82], // QoS 3
    ['8207000100000161c3', 0x81], // QoS 3 and reserved bits
    ['c08000', 0x81],
    ['f00118', 0x81], // an AUTH without property length
    ['3006000161027f00', 0x81], // no such property
    ['30070001610322000100', 0x81], // a property of CONNECT
  ] as const) {
    const parser = new PacketParser({ from: 'CLIENT', level: 5, maxPacketBytes: 1 << 20 });
    parser.push(Uint8Array.from(Buffer.from(`${bytes}00`, 'hex')));
    assert.throws(
      () => parser.next(),
      (error: { context: { reasonCode: number } }) => error.context.reasonCode === reasonCode,
    );
  }
});
