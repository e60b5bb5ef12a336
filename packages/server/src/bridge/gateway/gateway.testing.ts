import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { QoS } from '@mkiot/core/mqtt/qos';
import { type BridgeBench, publishPacket, type TestClient } from '../bridge.testing.ts';

/** A gateway of the test: one connection, on which it speaks for others. */
export class TestGateway {
  readonly client: TestClient;
  #lastPacketId = 100;

  constructor(client: TestClient) {
    this.client = client;
  }

  /** Logged in, and hearing of errors. */
  static async logIn(bench: BridgeBench, deviceId = 'hub-1', protocolLevel: ProtocolLevel = 4): Promise<TestGateway> {
    const gateway = new TestGateway(await bench.login(deviceId, { protocolLevel }));
    gateway.subscribe(`/devices/${deviceId}/errors`, 1);
    await gateway.heard();
    return gateway;
  }

  attach(deviceId: string, payload = '{}', packetId = ++this.#lastPacketId): void {
    this.client.send(publishPacket(`/devices/${deviceId}/attach`, payload, packetId));
  }

  detach(deviceId: string, packetId = ++this.#lastPacketId): void {
    this.client.send(publishPacket(`/devices/${deviceId}/detach`, '{}', packetId));
  }

  publish(deviceId: string, kind: string, text: string, packetId?: number): void {
    this.client.send(publishPacket(`/devices/${deviceId}/${kind}`, text, packetId));
  }

  subscribe(filter: string, qos: QoS, packetId = ++this.#lastPacketId): void {
    this.client.send({ type: 'SUBSCRIBE', packetId, subscriptions: [{ filter, qos }] });
  }

  /** What has come for all that was sent so far, in words. */
  async heard(): Promise<readonly string[]> {
    return (await this.client.packetsBeforePong()).map(inWords);
  }
}

function inWords(packet: Packet): string {
  switch (packet.type) {
    case 'PUBLISH': {
      const text = utf8Decode(packet.payload);
      return packet.topic.endsWith('/errors')
        ? `error ${errorInWords(text)}`
        : `${packet.topic} ${text} QoS ${packet.qos}`;
    }
    case 'SUBACK':
      return `SUBACK ${packet.returnCodes.join(' ')}`;
    case 'PUBACK': {
      const { packetId, reasonCode = 0 } = packet;
      return reasonCode === 0 ? `PUBACK ${packetId}` : `PUBACK ${packetId} 0x${reasonCode.toString(16)}`;
    }
    default:
      return packet.type;
  }
}

function errorInWords(json: string): string {
  const error = JSON.parse(json) as {
    readonly error_type: string;
    readonly device_id: string;
    readonly mqtt_message_info?: { readonly message_type: string; readonly packet_id?: number };
  };
  const { message_type: type, packet_id: packetId } = error.mqtt_message_info ?? {};
  const cause = type === undefined ? '' : ` by ${type} ${packetId ?? 'at QoS 0'}`;
  return `${error.error_type} ${error.device_id}${cause}`;
}

export const puback = (packetId: number): Packet => ({ type: 'PUBACK', packetId });
