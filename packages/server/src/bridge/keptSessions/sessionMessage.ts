import type { MessageProperties } from '../deliveryTerms.ts';
import type { MessageRecord } from './sessionStore.ts';

/** Told what became of a message: whether the device has got it. Once, or never when the platform ends first. */
export type MessageFate = (delivered: boolean) => void;

/** A message on its way to a device: what is kept of it, and how far it has come. */
export class SessionMessage {
  readonly sequence: number;
  readonly kind: string;
  readonly subfolder: string;
  readonly qos: 1 | 2;
  readonly queuedAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly reference: number | undefined;
  readonly properties: MessageProperties | undefined;
  /** It belongs to one connection: it ends with it and is not stored. */
  readonly isOfConnection: boolean;
  /** Empty once the device has it. */
  payload: Uint8Array;
  packetId: number | undefined;
  isReleased: boolean;
  /** It has been sent on the connection that is open now. */
  isOnItsWay = false;
  /** It has been sent at all. */
  wasSent: boolean;
  /** Who waits for its fate. */
  done: MessageFate | undefined;

  constructor(record: MessageRecord, done?: MessageFate, isOfConnection = false) {
    this.isOfConnection = isOfConnection;
    this.sequence = record.sequence;
    this.kind = record.kind;
    this.subfolder = record.subfolder;
    this.qos = record.qos;
    this.queuedAtMs = record.queuedAtMs;
    this.expiresAtMs = record.expiresAtMs;
    this.reference = record.reference;
    this.properties = record.properties;
    this.payload = record.payload;
    this.packetId = record.packetId;
    this.isReleased = record.isReleased;
    this.wasSent = record.packetId !== undefined;
    this.done = done;
  }

  get record(): MessageRecord {
    const { sequence, kind, subfolder, payload, qos, queuedAtMs, expiresAtMs } = this;
    const { reference, properties, packetId, isReleased } = this;
    const message = { sequence, kind, subfolder, payload, qos, queuedAtMs, expiresAtMs, reference, properties };
    return { ...message, packetId, isReleased };
  }

  /** What it takes of the limits. */
  get bytes(): number {
    return this.payload.length + this.subfolder.length;
  }

  /** Tells who waits, once. */
  tell(delivered: boolean): void {
    const { done } = this;
    this.done = undefined;
    done?.(delivered);
  }

  hasExpired(nowMs: number): boolean {
    return this.expiresAtMs !== undefined && nowMs >= this.expiresAtMs && !this.isReleased;
  }
}
