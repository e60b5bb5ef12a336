import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { Boot } from './boot.ts';
import { BACK_OFF, type BackOffSettings } from './connection/backOff.ts';
import type { OpenStream } from './connection/byteStream.ts';
import type { ConfigStore } from './control/configStore.ts';
import type { BootReason } from './control/deviceState.ts';
import type { Emit } from './deviceEvents.ts';
import type { TicketHolder } from './enrolment/ticketHolder.ts';
import type { DeviceIdentity } from './identity.ts';
import type { AskChallenge } from './login/login.ts';
import type { TicketStore } from './login/ticketStore.ts';
import type { OutboxLimits } from './outbox/keptMessages.ts';
import { Outbox, OUTBOX_LIMITS } from './outbox/outbox.ts';
import type { OutboxStorage } from './outbox/outboxStorage.ts';
import type { Sensor } from './sensing/sensors.ts';
import { SESSION_SETTINGS, type SessionSettings } from './session.ts';

export interface DeviceSettings {
  readonly session: SessionSettings;
  readonly backOff: BackOffSettings;
  /** A session that held this many milliseconds lets the next back-off start small again. */
  readonly backOffResetMs: number;
  readonly outbox: OutboxLimits;
}

export const DEVICE_SETTINGS: DeviceSettings = {
  session: SESSION_SETTINGS,
  backOff: BACK_OFF,
  backOffResetMs: 60_000,
  outbox: OUTBOX_LIMITS,
};

/** The world that a device lives in. */
export interface ReferenceDeviceOptions {
  readonly identity: DeviceIdentity;
  readonly firmwareVersion: string;
  readonly clock: Clock;
  readonly random: RandomFill;
  /** Leads to the platform, and checks that it is the right one. */
  readonly openStream: OpenStream;
  readonly outboxStorage: OutboxStorage;
  readonly configStore: ConfigStore;
  readonly ticketStore: TicketStore;
  /** For a first login without a clock where MQTT offers none; undefined where there is no such way. */
  readonly askChallenge?: AskChallenge | undefined;
  /** For a device that enrols itself before its first login. */
  readonly enrolment?: TicketHolder | undefined;
  readonly sensors: readonly Sensor[];
  readonly settings: DeviceSettings;
  /** Told what happens, as it happens. Must not throw. */
  readonly onEvent: Emit;
}

/**
 * Runs the reference device until `signal` is aborted: it reads its sensors, preprocesses and stores what they say,
 * delivers it whenever there is a connection, reports its state and does what config and commands say. No fault of
 * network, server or storage ends it. Throws `OUTBOX_NEWER` before it begins.
 */
export async function runReferenceDevice(options: ReferenceDeviceOptions, signal: AbortSignal): Promise<void> {
  await withOutbox(options, async (outbox) => {
    for (let count = 1; !signal.aborted; count += 1) {
      await new Boot(options, outbox, count, count === 1 ? 'power' : 'command').run(signal);
    }
  });
}

/**
 * Runs it as {@link runReferenceDevice} does, from one start to the next: for hardware that starts it again itself. Resolves
 * when a command wants a reboot, or `signal` is aborted.
 *
 * @param count of starts, this one included
 */
export async function bootReferenceDevice(
  options: ReferenceDeviceOptions,
  count: number,
  reason: BootReason,
  signal: AbortSignal,
): Promise<void> {
  await withOutbox(options, (outbox) => new Boot(options, outbox, count, reason).run(signal));
}

async function withOutbox(
  { outboxStorage, settings, onEvent }: ReferenceDeviceOptions,
  use: (outbox: Outbox) => Promise<void>,
): Promise<void> {
  const outbox = await Outbox.open(outboxStorage, settings.outbox, {
    dropped: (count) => onEvent({ type: 'dropped', count }),
    damaged: (lostBytes) => onEvent({ type: 'outboxDamaged', lostBytes }),
    storageFailed: (cause) => onEvent({ type: 'storageFailed', cause }),
  });
  try {
    await use(outbox);
  } finally {
    await outbox.close();
  }
}
