import { encodePingreq } from '@mkiot/core/mqtt/pingreq';
import { encodePublish } from '@mkiot/core/mqtt/publish';
import type { Meter } from './meter.ts';
import type { RecordConnection } from './recordConnection.ts';
import { RECORD_OVERHEAD_BYTES } from './tlsRecords.ts';

/** QoS 0 has no answer: a PINGREQ behind so many messages has one. */
const MESSAGES_A_PING = 25;
const PUBACK_BYTES = 4;
const PINGRESP_BYTES = 2;

/** What is sent and answered as a whole: at QoS 1 a message, at QoS 0 some and a ping. */
interface Unit {
  readonly packets: readonly Uint8Array[];
  readonly messages: number;
  readonly answerBytes: number;
}

/** Keeps units under way on one connection, each in records of its own, and times them. The server answers in order. */
export class Publisher {
  readonly #connection: RecordConnection;
  readonly #meter: Meter;
  readonly #units: readonly Unit[];
  readonly #unitBytes: number;
  readonly #records: Buffer;
  readonly #sentAtMs: Float64Array;
  #sent = 0;
  #answered = 0;
  #answerBytes = 0;

  /** @param window how many units there are to send at once */
  constructor(connection: RecordConnection, units: readonly Unit[], meter: Meter) {
    this.#connection = connection;
    this.#meter = meter;
    this.#units = units;
    // All are of one length: they differ in nothing but their packet identifiers.
    this.#unitBytes = recordBytes(this.#unit(0));
    this.#records = Buffer.alloc(units.length * this.#unitBytes);
    this.#sentAtMs = new Float64Array(units.length);
  }

  /** Whether a unit is at hand that is not under way. */
  get isFree(): boolean {
    return this.#sent - this.#answered < this.#units.length;
  }

  /** Sends `count` units, at most those that are free. */
  send(count: number): void {
    const nowMs = performance.now();
    let left = count;
    while (left > 0) {
      const first = this.#sent % this.#units.length;
      const run = Math.min(left, this.#units.length - first);
      const start = first * this.#unitBytes;
      let end = start;
      for (let slot = first; slot < first + run; slot++) {
        for (const packet of this.#unit(slot).packets) end = this.#connection.sealer.seal(packet, this.#records, end);
        this.#sentAtMs[slot] = nowMs;
      }
      this.#sent += run;
      left -= run;
      this.#connection.write(this.#records.subarray(start, end));
    }
  }

  /** Notes the answers that came with `contentBytes` of the server, and returns how many units they are for. */
  answered(contentBytes: number): number {
    const nowMs = performance.now();
    this.#answerBytes += contentBytes;
    let count = 0;
    for (;;) {
      const slot = this.#answered % this.#units.length;
      const { answerBytes, messages } = this.#unit(slot);
      if (this.#answerBytes < answerBytes || this.#answered === this.#sent) return count;
      this.#answerBytes -= answerBytes;
      this.#answered++;
      this.#meter.done += messages;
      this.#meter.latency.add(nowMs - (this.#sentAtMs[slot] as number));
      count++;
    }
  }

  #unit(slot: number): Unit {
    return this.#units[slot] as Unit;
  }
}

/** The units of a window: encoded once, then sent over and over. */
export function unitsOf(deviceId: string, qos: 0 | 1, payloadBytes: number, window: number): readonly Unit[] {
  const payload = Buffer.alloc(payloadBytes, '{"temperature":21.53,"humidity":48.2,"seq":12345}');
  const message = {
    type: 'PUBLISH',
    topic: `/devices/${deviceId}/events`,
    payload,
    retain: false,
    dup: false,
  } as const;
  return Array.from({ length: window }, (_, slot): Unit => {
    if (qos === 1) {
      const packets = [encodePublish({ ...message, qos, packetId: slot + 1 })];
      return { packets, messages: 1, answerBytes: PUBACK_BYTES };
    }
    const publish = encodePublish({ ...message, qos, packetId: undefined });
    const packets = [...Array.from({ length: MESSAGES_A_PING }, () => publish), encodePingreq()];
    return { packets, messages: MESSAGES_A_PING, answerBytes: PINGRESP_BYTES };
  });
}

function recordBytes({ packets }: Unit): number {
  return packets.reduce((bytes, { length }) => bytes + length + RECORD_OVERHEAD_BYTES, 0);
}
