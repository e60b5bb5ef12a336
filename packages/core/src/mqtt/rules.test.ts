import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePacket, type Packet } from './packet.ts';
import { PacketParser } from './packetParser.ts';
import type { Sender } from './packetTypes.ts';
import { RULES } from './rules.ts';

interface Example {
  readonly from?: Sender;
  /** A packet that breaks the rule, in hexadecimal; absent where bytes cannot break it. */
  readonly bytes?: string;
  /** Where the parser finds the fault. */
  readonly offset?: number;
  /** The same fault for the encoder, where a packet of ours can express it. */
  readonly packet?: Packet;
}

const publish = { type: 'PUBLISH', payload: new Uint8Array(0), qos: 0, retain: false, dup: false } as const;
const connect = {
  type: 'CONNECT',
  protocolLevel: 4,
  clientId: 'a',
  cleanSession: true,
  keepAliveSeconds: 0,
  will: undefined,
  userName: undefined,
  password: undefined,
} as const;
const payload = new Uint8Array(0);

// The bytes of a CONNECT up to its flags: "MQTT" and level 4.
const MQTT_4 = '00044d51545404';

const EXAMPLES: Readonly<Record<keyof typeof RULES, readonly Example[]>> = {
  UTF8_ILL_FORMED: [
    { bytes: '30040002c3 28', offset: 4, packet: { ...publish, topic: '\uD800', packetId: undefined } },
    { bytes: '30050003eda080', offset: 4 }, // U+D800, a surrogate
    { bytes: '30040002c0af', offset: 4 }, // '/' in two bytes
  ],
  UTF8_NUL: [{ bytes: '300400026100', offset: 4, packet: { ...publish, topic: 'a\0', packetId: undefined } }],
  UTF8_CONTROL: [
    { bytes: '300400026101', offset: 4, packet: { ...publish, topic: 'a\u0001', packetId: undefined } },
    { bytes: '30040002c29f', offset: 4, packet: { ...publish, topic: '\u009f', packetId: undefined } },
  ],
  STRING_TOO_LONG: [{ packet: { ...publish, topic: 'a'.repeat(65_536), packetId: undefined } }],
  TYPE_FORBIDDEN: [
    { bytes: '0000', offset: 0 },
    { bytes: 'f000', offset: 0 },
  ],
  FLAGS_RESERVED: [
    { bytes: 'c100', offset: 0 },
    { bytes: '80', offset: 0 }, // SUBSCRIBE without 0b0010, known at the first byte
    { bytes: '60', offset: 0 },
    { bytes: 'a0', offset: 0 },
  ],
  REMAINING_LENGTH: [{ bytes: '30ffffffff', offset: 4 }],
  BODY_SHORT: [
    { bytes: '400100', offset: 2 },
    { bytes: '30020005', offset: 4 }, // the topic is longer than the packet
    { bytes: '8205000100016100', offset: 7 }, // the QoS of the filter is missing, another packet follows
  ],
  BODY_LONG: [
    { bytes: 'c00100', offset: 2 },
    { bytes: '4003000100', offset: 4 },
  ],
  PACKET_ID: [
    { bytes: '40020000', offset: 2, packet: { type: 'PUBACK', packetId: 0 } },
    { bytes: '32050001610000', offset: 5, packet: { ...publish, topic: 'a', qos: 1, packetId: 65_536 } },
    { bytes: '8206000000016100', offset: 2, packet: { ...publish, topic: 'a', qos: 1, packetId: undefined } },
    { packet: { ...publish, topic: 'a', packetId: 1 } },
  ],
  CONNECT_FLAG_RESERVED: [{ bytes: `100c${MQTT_4}0300000000`, offset: 9 }],
  WILL_QOS_WITHOUT_WILL: [{ bytes: `100c${MQTT_4}0a00000000`, offset: 9 }],
  WILL_QOS: [
    {
      bytes: `100c${MQTT_4}1e00000000`,
      offset: 9,
      packet: { ...connect, will: { topic: 'a', payload, qos: 3 as never, retain: false } },
    },
  ],
  WILL_RETAIN_WITHOUT_WILL: [{ bytes: `100c${MQTT_4}2200000000`, offset: 9 }],
  KEEP_ALIVE: [{ packet: { ...connect, keepAliveSeconds: 65_536 } }, { packet: { ...connect, keepAliveSeconds: 0.5 } }],
  PASSWORD_WITHOUT_USER_NAME: [{ packet: { ...connect, password: payload } }],
  CLIENT_ID_EMPTY: [{ packet: { ...connect, clientId: '', cleanSession: false } }], // decoded: MQTT_CLIENT_ID_REJECTED
  CONNACK_FLAGS: [{ from: 'SERVER', bytes: '20020200', offset: 2 }],
  SESSION_PRESENT: [
    { from: 'SERVER', bytes: '20020105', offset: 2, packet: { type: 'CONNACK', sessionPresent: true, returnCode: 5 } },
  ],
  RETURN_CODE: [
    {
      from: 'SERVER',
      bytes: '20020006',
      offset: 3,
      packet: { type: 'CONNACK', sessionPresent: false, returnCode: 6 },
    },
  ],
  PUBLISH_DUP: [{ bytes: '3803000161', packet: { ...publish, topic: 'a', dup: true, packetId: undefined } }],
  PUBLISH_QOS: [{ bytes: '36050001610001', packet: { ...publish, topic: 'a', qos: 3 as never, packetId: 1 } }],
  TOPIC_WILDCARD: [
    { bytes: '300500032f612b', offset: 6, packet: { ...publish, topic: '/a+', packetId: undefined } },
    { bytes: '3003000123', offset: 4, packet: { ...publish, topic: '#', packetId: undefined } },
  ],
  SUBSCRIBE_EMPTY: [{ bytes: '82020001', packet: { type: 'SUBSCRIBE', packetId: 1, subscriptions: [] } }],
  SUBSCRIBE_QOS: [
    {
      bytes: '8206000100016103',
      offset: 7,
      packet: { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: 'a', qos: 3 as never }] },
    },
    { bytes: '8206000100016180', offset: 7 }, // a reserved bit of the QoS byte
  ],
  SUBACK_EMPTY: [{ from: 'SERVER', bytes: '90020001', packet: { type: 'SUBACK', packetId: 1, returnCodes: [] } }],
  SUBACK_CODE: [
    {
      from: 'SERVER',
      bytes: '9003000103',
      offset: 4,
      packet: { type: 'SUBACK', packetId: 1, returnCodes: [3] },
    },
  ],
  UNSUBSCRIBE_EMPTY: [{ bytes: 'a2020001', packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: [] } }],
  FILTER_HASH: [
    { bytes: '820700010002612300', packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a#'] } },
    { bytes: '8208000100032 32f6100', packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['#/a'] } },
  ],
  FILTER_PLUS: [{ bytes: '820700010002612b00', packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: ['a+'] } }],
  TOPIC_EMPTY: [
    { bytes: '30020000', packet: { ...publish, topic: '', packetId: undefined } },
    { bytes: '8205000100000 0', packet: { type: 'UNSUBSCRIBE', packetId: 1, filters: [''] } },
  ],
};

for (const [rule, examples] of Object.entries(EXAMPLES) as [keyof typeof RULES, readonly Example[]][]) {
  for (const { from = 'CLIENT', bytes, offset, packet } of examples) {
    if (bytes !== undefined) {
      test(`the parser refuses ${bytes} by ${RULES[rule].section}: ${RULES[rule].says}`, () => {
        const parser = new PacketParser({ from, maxPacketBytes: 1 << 20 });
        parser.push(Uint8Array.from(Buffer.from(bytes.replaceAll(' ', ''), 'hex')));
        assert.throws(
          () => parser.next(),
          (error: { code: string; context: { rule: string; offset: number } }) => {
            assert.equal(error.code, 'MQTT_PACKET_MALFORMED');
            assert.equal(error.context.rule, rule);
            if (offset !== undefined) assert.equal(error.context.offset, offset);
            return true;
          },
        );
      });
    }
    if (packet !== undefined) {
      test(`the encoder refuses a ${packet.type} by ${RULES[rule].section}: ${RULES[rule].says} (${bytes ?? ''})`, () => {
        assert.throws(
          () => encodePacket(packet),
          (error: { code: string; context: { rule: string } }) => {
            assert.equal(error.code, 'MQTT_PACKET_INVALID');
            assert.equal(error.context.rule, rule);
            return true;
          },
        );
      });
    }
  }
}
