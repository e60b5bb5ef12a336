import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import { digestOf } from '../auditTrail/digest.ts';
import type { DeviceLink, Session } from '../bridge/hooks.ts';
import type { KeptSession, KeptSessionLink } from '../bridge/keptSessionLink.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import { deviceNameOf, type DevicePrincipal, type DeviceRecord } from '../registry/model.ts';
import type { Database } from '../store/database.ts';
import { twinError } from './twinErrors.ts';

export interface CommandParts {
  readonly database: Database;
  readonly auditTrail: Pick<AuditTrail, 'record'>;
  readonly devices: Pick<DeviceService, 'get'>;
  readonly link: DeviceLink<DevicePrincipal> & KeptSessionLink;
  readonly clock: Clock;
}

export interface Command {
  /** Empty: none. */
  readonly subfolder: string;
  readonly payload: Uint8Array;
  /** How long it may wait for the device in a kept session; 0: it is for a device that is there. */
  readonly queueForMs: number;
}

/** A command that waits for its device. */
export interface QueuedCommand {
  /** Wall clock: it is dropped then. */
  readonly expiresAtMs: number;
}

/** How long the PUBACK of a device may take. */
const ACKNOWLEDGEMENT_MS = 10_000;

/** No kept session lasts longer. */
const LONGEST_QUEUE_MS = 30 * 86_400_000;

/**
 * Commands go to a device that is there (IoT Core, 1.10). Only where the sender says for how long a command is worth
 * something does it wait for the device, in the session that the device has asked to be kept.
 */
export class CommandService {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the device has acknowledged the command, or where it subscribed at QoS 0, when it is on its way; with a
   * value when the command is queued. Several commands may arrive in another order, and one twice when it is sent again
   * after an error.
   *
   * @param principal whom the audit trail names
   * @param signal stops the waiting; the command may be on its way already
   * @throws `COMMAND_…`, `DEVICE_NOT_FOUND`, `DEVICE_NOT_CONNECTED`, `DEVICE_NOT_SUBSCRIBED`
   */
  async send(
    name: DeviceName,
    command: Command,
    principal: string,
    signal: AbortSignal,
  ): Promise<QueuedCommand | undefined> {
    checkCommand(command);
    const { database, auditTrail, devices } = this.#parts;
    const device = await devices.get(name);
    this.#reach(device, command);
    const { subfolder, payload, queueForMs } = command;
    const queued = queueForMs === 0 ? {} : { queueForMs };
    const after = { subfolder, payload: digestOf(payload), ...queued };
    const resource = formatDeviceName(deviceNameOf(device));
    await database.transaction((executor) =>
      auditTrail.record(executor, { principal, action: 'sendCommandToDevice', resource, after }),
    );
    // Once more: the device may have come back in another session meanwhile.
    const way = this.#reach(device, command);
    if ('session' in way) return this.#deliver(way.session, command, resource, signal);
    return this.#queue(way.kept, command, resource);
  }

  /** The session that the command can go to: one that is open, or for a command that may wait a kept one. */
  #reach(
    device: DeviceRecord,
    { queueForMs }: Command,
  ): { readonly session: Session<DevicePrincipal> } | { readonly kept: KeptSession } {
    const context = { device: formatDeviceName(deviceNameOf(device)) };
    const { link } = this.#parts;
    const session = link.session(device.numId);
    const kept = session === undefined && queueForMs > 0 ? link.keptSession(device.numId) : undefined;
    const found = session ?? kept;
    if (found === undefined) {
      throw twinError(queueForMs > 0 ? 'DEVICE_SESSION_NOT_KEPT' : 'DEVICE_NOT_CONNECTED', context);
    }
    const qos = found.subscriptionQos('commands');
    if (qos === undefined) throw twinError('DEVICE_NOT_SUBSCRIBED', context);
    if (session !== undefined) return { session };
    if (kept === undefined || qos === 0) throw twinError('COMMAND_NOT_QUEUEABLE', context);
    return { kept };
  }

  async #queue(kept: KeptSession, command: Command, device: string): Promise<QueuedCommand> {
    const { subfolder, payload, queueForMs } = command;
    const expiresAtMs = this.#parts.clock.now() + queueForMs;
    const outcome = await kept.queue('commands', subfolder, payload, { expiresAtMs });
    if (outcome === 'NOT_SUBSCRIBED') throw twinError('DEVICE_NOT_SUBSCRIBED', { device });
    if (outcome === 'FULL') throw twinError('COMMAND_QUEUE_FULL', { device });
    if (outcome === 'NOT_STORED') throw twinError('COMMAND_NOT_STORED', { device });
    return { expiresAtMs };
  }

  #deliver(
    session: Session<DevicePrincipal>,
    { subfolder, payload, queueForMs }: Command,
    device: string,
    signal: AbortSignal,
  ): Promise<QueuedCommand | undefined> {
    const { clock, link } = this.#parts;
    const { key } = session.principal;
    // Nobody waits for it later; a kept session must not bring it then.
    const expiresAtMs = clock.now() + Math.max(queueForMs, ACKNOWLEDGEMENT_MS);
    return new Promise((resolve, reject) => {
      const end = (error?: Error, queued?: QueuedCommand): void => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve(queued);
        else reject(error);
      };
      const onAbort = (): void => end(twinError('COMMAND_CANCELLED', { device }));
      const timer = clock.setTimer(ACKNOWLEDGEMENT_MS, () => {
        if (queueForMs > ACKNOWLEDGEMENT_MS && isKept(link.keptSession(key))) end(undefined, { expiresAtMs });
        else end(twinError('COMMAND_NOT_ACKNOWLEDGED', { device, seconds: ACKNOWLEDGEMENT_MS / 1_000 }));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) {
        onAbort();
        return;
      }
      // What fails at once was never sent; what fails later is a session that ended.
      let isSent = false;
      const done = (delivered: boolean): void => {
        if (delivered) end();
        else end(twinError(isSent ? 'COMMAND_CONNECTION_LOST' : 'COMMAND_BACKLOG_FULL', { device }));
      };
      session.deliver('commands', subfolder, payload, done, { expiresAtMs, mayWait: queueForMs > 0 });
      isSent = true;
    });
  }
}

/** Whether it is the session that is open now: one whose time runs out is of an earlier connection, before a gateway's. */
function isKept(session: KeptSession | undefined): boolean {
  return session !== undefined && session.expiresAtMs === undefined;
}

/** What `SendCommandToDevice` says of a subfolder: it is wider than that of an event. */
function checkCommand({ subfolder, payload, queueForMs }: Command): void {
  if (payload.length > LIMITS.commandBytes) {
    throw twinError('COMMAND_TOO_LARGE', { limit: LIMITS.commandBytes, bytes: payload.length });
  }
  if (queueForMs > LONGEST_QUEUE_MS) {
    throw twinError('COMMAND_QUEUE_TIME_UNFIT', { maxSeconds: LONGEST_QUEUE_MS / 1_000, seconds: queueForMs / 1_000 });
  }
  const limit = LIMITS.subfolderBytes;
  if (subfolder.length > limit || /[+#\0]/.test(subfolder) || !subfolder.isWellFormed()) {
    throw twinError('COMMAND_SUBFOLDER_UNFIT', { limit });
  }
}
