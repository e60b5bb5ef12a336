import type { Clock } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { CloseReason, DeviceLink, Session } from '../bridge/hooks.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { ConfigAcknowledgement } from './configAcknowledgements.ts';
import type { ConfigChange, ConfigService } from './configService.ts';
import type { GroupCommit } from '../store/groupCommit.ts';
import type { ConfigVersion } from './model.ts';

export interface ConfigDeliveryParts {
  readonly configs: Pick<ConfigService, 'configOf'>;
  readonly acknowledgements: Pick<GroupCommit<ConfigAcknowledgement>, 'add'>;
  readonly link: DeviceLink<DevicePrincipal>;
  readonly activities: Pick<DeviceActivities, 'mark'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** What one session has been sent. */
interface Delivery {
  /** The newest version handed to the session; 0: none. */
  sent: number;
  /** How often one was. */
  sends: number;
  /** Nothing stands in the way of the next one: what was sent is acknowledged, at QoS 0 on its way, or it failed. */
  isSettled: boolean;
  /** The newest version that is still to be sent. */
  waiting: ConfigVersion | undefined;
  /** The config is being read for a subscription, or for a session that was resumed. */
  isReading: boolean;
  /** The device has subscribed, and so gets the config even if it has it. */
  isAsked: boolean;
  /** How many that an earlier connection of the session had sent are on their way again. */
  resent: number;
  /** A timer is set for another try. */
  isRetrying: boolean;
}

/** After a send that could not be made though the device is there: it has too much to acknowledge already. */
const RETRY_MS = 1_000;

const CONFIG_UNREADABLE: CloseReason = {
  code: 'CONFIG_UNREADABLE',
  by: 'SERVER',
  status: 'INTERNAL',
  message: 'SERVER: The config of the device could not be read.',
};

/**
 * Brings configs to devices (IoT Core, 1.8): the current one at every subscribe, also when it is empty, and each newer one
 * while subscribed. The newest wins: a session never sees an older version after a newer one, and while one waits for its
 * PUBACK the versions after it supersede each other.
 */
export class ConfigDelivery {
  readonly #parts: ConfigDeliveryParts;
  readonly #deliveries = new WeakMap<Session<DevicePrincipal>, Delivery>();

  constructor(parts: ConfigDeliveryParts) {
    this.#parts = parts;
  }

  /** The device has subscribed to its config. Does not reject; resolves when the config is on its way. */
  async subscribed(session: Session<DevicePrincipal>): Promise<void> {
    this.#deliveryOf(session).isAsked = true;
    await this.#read(session);
  }

  /**
   * The device has come back to a session that was subscribed, where the versions `pending` are sent again. It gets the
   * newest one unless it has acknowledged it. Does not reject.
   */
  async resumed(session: Session<DevicePrincipal>, pending: readonly number[]): Promise<void> {
    const delivery = this.#deliveryOf(session);
    delivery.resent = pending.length;
    delivery.sent = Math.max(0, ...pending);
    delivery.isSettled = pending.length === 0;
    await this.#read(session);
  }

  /** The fate of a version that was sent again. */
  settled(session: Session<DevicePrincipal>, version: number, delivered: boolean): void {
    const delivery = this.#deliveryOf(session);
    if (delivered) this.#acknowledged(session, version);
    if (--delivery.resent > 0) return;
    delivery.isSettled = true;
    this.#sendWaiting(session, delivery);
  }

  async #read(session: Session<DevicePrincipal>): Promise<void> {
    const numId = session.principal.key;
    const delivery = this.#deliveryOf(session);
    // What is being read will be sent after this subscription too.
    if (delivery.isReading) return;
    delivery.isReading = true;
    const { sends } = delivery;
    try {
      const config = await this.#parts.configs.configOf(numId);
      const { isAsked } = delivery;
      delivery.isAsked = false;
      // What was sent while it was read is this version or a newer one, and changes after that one tell of themselves.
      if (config === undefined || delivery.sends !== sends) return;
      if (isAsked) this.#send(session, delivery, config);
      else this.#sendNews(session, delivery, config);
    } catch (error) {
      this.#parts.logger.error({ deviceNumId: numId, err: error }, 'a config could not be read');
      session.close(CONFIG_UNREADABLE);
    } finally {
      delivery.isReading = false;
    }
  }

  /** A new version has been committed. */
  changed({ numId, config }: ConfigChange): void {
    const session = this.#parts.link.session(numId);
    if (session?.subscriptionQos('config') === undefined) return;
    const delivery = this.#deliveryOf(session);
    if (config.version <= Math.max(delivery.sent, delivery.waiting?.version ?? 0)) return;
    delivery.waiting = config;
    if (delivery.isSettled) this.#send(session, delivery, config);
  }

  #deliveryOf(session: Session<DevicePrincipal>): Delivery {
    const known = this.#deliveries.get(session);
    if (known !== undefined) return known;
    const delivery: Delivery = {
      sent: 0,
      sends: 0,
      isSettled: true,
      waiting: undefined,
      isReading: false,
      isAsked: false,
      resent: 0,
      isRetrying: false,
    };
    this.#deliveries.set(session, delivery);
    return delivery;
  }

  /** At QoS 0 nobody knows whether the device has it. */
  #sendNews(session: Session<DevicePrincipal>, delivery: Delivery, config: ConfigVersion): void {
    const isKnown = session.subscriptionQos('config') !== 0 && config.deviceAckMs !== undefined;
    if (isKnown || config.version <= delivery.sent) return;
    delivery.waiting = config;
    this.#sendWaiting(session, delivery);
  }

  #send(session: Session<DevicePrincipal>, delivery: Delivery, config: ConfigVersion): void {
    const qos = session.subscriptionQos('config');
    if (qos === undefined) return;
    delivery.sends++;
    delivery.sent = config.version;
    delivery.isSettled = false;
    if ((delivery.waiting?.version ?? 0) <= config.version) delivery.waiting = undefined;
    this.#parts.activities.mark(session.principal.key, 'configSend', this.#parts.clock.now());
    const done = (delivered: boolean): void => {
      // The first acknowledgement of a version stands, and reconnecting devices cost no write.
      if (delivered && qos > 0) this.#acknowledged(session, config.version, config.deviceAckMs === undefined);
      delivery.isSettled = true;
      if (delivered) this.#sendWaiting(session, delivery);
      else this.#retry(session, delivery, config);
    };
    session.deliver('config', '', config.payload, done, { reference: config.version });
  }

  #sendWaiting(session: Session<DevicePrincipal>, delivery: Delivery): void {
    const { waiting } = delivery;
    if (delivery.isSettled && waiting !== undefined) this.#send(session, delivery, waiting);
  }

  /** Where the session has ended this comes to nothing: it has no subscriptions any more. */
  #retry(session: Session<DevicePrincipal>, delivery: Delivery, config: ConfigVersion): void {
    if (session.subscriptionQos('config') === undefined) return;
    delivery.waiting ??= config;
    if (delivery.isRetrying) return;
    delivery.isRetrying = true;
    this.#parts.clock.setTimer(RETRY_MS, () => {
      delivery.isRetrying = false;
      this.#sendWaiting(session, delivery);
    });
  }

  #acknowledged(session: Session<DevicePrincipal>, version: number, isFirst = true): void {
    const numId = session.principal.key;
    const atMs = this.#parts.clock.now();
    this.#parts.activities.mark(numId, 'configAck', atMs);
    if (isFirst) this.#parts.acknowledgements.add({ numId, version, atMs });
  }
}
