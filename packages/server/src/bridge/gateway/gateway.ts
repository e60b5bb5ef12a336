// IoT Core, "Using gateways with the MQTT bridge".
import {
  type DeviceTopic,
  type DeviceTopicKind,
  parseDeviceFilter,
  parseDeviceTopic,
} from '@mkiot/core/contract/deviceTopics';
import type { GatewayErrorMessage, GatewayErrorType } from '@mkiot/core/contract/gatewayErrors';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import type { QoS } from '@mkiot/core/mqtt/qos';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { closeReason } from '../closeReasons.ts';
import type { GatewayHooks, LoginVerdict, Principal } from '../hooks.ts';
import { decideLogin } from '../login/decideLogin.ts';
import type { GrantedRoute } from '../session/grantedRoute.ts';
import { Attachments, type GatewayParts } from './attachments.ts';
import type { GatewayAcknowledgements } from './gatewayAcknowledgements.ts';
import { GatewayFeedback } from './gatewayFeedback.ts';

/** What a gateway uses on behalf of a device. The topics of a device's own login are none of it: they would tell its secrets. */
const PUBLISHED: ReadonlySet<DeviceTopicKind> = new Set(['events', 'state']);
const SUBSCRIBED: ReadonlySet<DeviceTopicKind> = new Set(['config', 'commands']);

/** A message of the gateway on a topic of another device. */
interface MessageForOther extends DeviceTopic {
  readonly packet: PublishPacket;
  /** The same, as an error tells of it. */
  readonly cause: GatewayErrorMessage;
  readonly acknowledgements: GatewayAcknowledgements;
}

/** What a gateway does on topics of other devices: attaches and detaches them, publishes and subscribes for them. */
export class Gateway<P extends Principal> {
  readonly #parts: GatewayParts<P>;
  readonly #hooks: GatewayHooks<P>;
  readonly #resume: () => void;
  readonly #feedback: GatewayFeedback;
  readonly #attachments: Attachments<P>;
  #isDeciding = false;

  /** @param resume goes on reading when an attachment has been decided */
  constructor(parts: GatewayParts<P>, hooks: GatewayHooks<P>, resume: () => void) {
    this.#parts = parts;
    this.#hooks = hooks;
    this.#resume = resume;
    this.#feedback = new GatewayFeedback(parts.session);
    this.#attachments = new Attachments(parts, this.#feedback);
  }

  /**
   * An attachment is being decided. Nothing is read meanwhile, so that what a gateway sends for a device without waiting for
   * the PUBACK of its attachment comes after it, and a gateway cannot ask for many decisions at a time.
   */
  get isDeciding(): boolean {
    return this.#isDeciding;
  }

  /**
   * Takes a message on a topic of another device; its payload is valid only during the call.
   *
   * @param topic of `packet`, which may have an alias instead
   * @returns false: the topic is nothing that a gateway may publish to, and the message has no fate
   */
  publish(topic: string, packet: PublishPacket, acknowledgements: GatewayAcknowledgements): boolean {
    const parsed = parseDeviceTopic(topic);
    if (parsed === undefined) return false;
    const { device, kind } = parsed;
    const cause = { type: 'PUBLISH', topic, packetId: packet.packetId } as const;
    const message = { ...parsed, packet, cause, acknowledgements };
    if (kind === 'attach') this.#attach(message);
    else if (kind === 'detach') this.#detach(message);
    else if (device === this.#parts.session.principal.deviceId) return false;
    else this.#forward(message);
    return true;
  }

  /** @returns what is granted, or `undefined` when the filter is none of an attached device: the gateway is told why */
  subscribe(
    filter: string,
    qos: QoS,
    packetId: number,
    identifiers: readonly number[] | undefined,
  ): GrantedRoute<P> | undefined {
    const parsed = parseDeviceFilter(filter);
    if (parsed === undefined || parsed.device === this.#parts.session.principal.deviceId) return undefined;
    const { device, kind } = parsed;
    const session = this.#attachments.get(device);
    const route = SUBSCRIBED.has(kind) ? this.#parts.context.subscribeRoutes.get(kind) : undefined;
    if (session === undefined || route === undefined) {
      const type = session === undefined ? 'GATEWAY_DEVICE_NOT_FOUND' : 'GATEWAY_INVALID_MQTT_TOPIC';
      const message = { type: 'SUBSCRIBE', topic: filter, packetId } as const;
      this.#feedback.tell({ type, deviceId: device, message });
      return undefined;
    }
    const granted = qos === 0 ? 0 : 1;
    session.subscribe(kind, granted, identifiers);
    return { session, route, qos: granted };
  }

  /** @returns whether there was such a subscription */
  unsubscribe(filter: string): boolean {
    const parsed = parseDeviceFilter(filter);
    return parsed !== undefined && this.#attachments.get(parsed.device)?.unsubscribe(parsed.kind) === true;
  }

  sweep(wallClockMs: number): void {
    this.#attachments.sweep(wallClockMs);
  }

  end(): void {
    this.#attachments.end();
  }

  #attach(message: MessageForOther): void {
    if (!this.#attachments.hasRoomFor(message.device)) {
      const { attachedDevices } = this.#parts.context.limits;
      const detail = `At most ${attachedDevices} devices are attached to a gateway at a time.`;
      this.#refuse(message, 'GATEWAY_ATTACHMENT_ERROR', REASON_CODES.QUOTA_EXCEEDED.code, detail);
      return;
    }
    this.#isDeciding = true;
    // The buffer that it came in is another packet's by the time it is read.
    void this.#decide(message, new Uint8Array(message.packet.payload));
  }

  async #decide(message: MessageForOther, payload: Uint8Array): Promise<void> {
    const { context, session: gateway } = this.#parts;
    const { device, acknowledgements } = message;
    const epoch = context.directory.nextEpoch();
    const decide = (): Promise<LoginVerdict<P>> => this.#hooks.attach(gateway, device, payload);
    const verdict = await decideLogin(context, gateway, epoch, decide);
    this.#isDeciding = false;
    if (!gateway.isOpen) return;
    try {
      if (verdict?.accepted === true) {
        this.#attachments.open(verdict, epoch, acknowledgements);
        acknowledge(message);
      } else {
        this.#refuse(message, 'GATEWAY_ATTACHMENT_ERROR', REASON_CODES.NOT_AUTHORIZED.code);
      }
    } catch (error) {
      context.log.error({ err: error, session: gateway.epoch }, 'the domain failed at an attachment');
      gateway.close(closeReason('BRIDGE_FAILED'));
    }
    this.#resume();
  }

  /** What was to be reached is reached in both cases. */
  #detach(message: MessageForOther): void {
    const { device: deviceId, cause } = message;
    if (!this.#attachments.detach(deviceId)) {
      this.#feedback.tell({ type: 'GATEWAY_DEVICE_NOT_FOUND', deviceId, message: cause });
    }
    acknowledge(message);
  }

  #forward(message: MessageForOther): void {
    const { context } = this.#parts;
    const { device, kind, subfolder, packet, cause } = message;
    const session = this.#attachments.get(device);
    const route = PUBLISHED.has(kind) ? context.publishRoutes.get(kind) : undefined;
    if (session !== undefined && route !== undefined) {
      session.publish(route, subfolder, cause.topic, packet, context.clock.now());
      return;
    }
    const type = session === undefined ? 'GATEWAY_DEVICE_NOT_FOUND' : 'GATEWAY_INVALID_MQTT_TOPIC';
    this.#refuse(message, type, REASON_CODES.NOT_AUTHORIZED.code);
  }

  #refuse(message: MessageForOther, type: GatewayErrorType, reasonCode: number, detail?: string): void {
    const { device: deviceId, packet, cause, acknowledgements } = message;
    this.#feedback.tell({ type, deviceId, message: cause, detail });
    if (packet.packetId !== undefined) acknowledgements.dropped(packet.packetId, reasonCode);
  }
}

function acknowledge({ packet: { packetId }, acknowledgements }: MessageForOther): void {
  if (packetId !== undefined) acknowledgements.accepted(packetId);
}
