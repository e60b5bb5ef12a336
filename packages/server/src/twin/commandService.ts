import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import { digestOf } from '../auditTrail/digest.ts';
import type { DeviceLink, Session } from '../bridge/hooks.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import { deviceNameOf, type DevicePrincipal, type DeviceRecord } from '../registry/model.ts';
import type { Database } from '../store/database.ts';
import { twinError } from './twinErrors.ts';

export interface CommandParts {
  readonly database: Database;
  readonly auditTrail: Pick<AuditTrail, 'record'>;
  readonly devices: Pick<DeviceService, 'get'>;
  readonly link: DeviceLink<DevicePrincipal>;
  readonly clock: Clock;
}

export interface Command {
  /** Empty: none. */
  readonly subfolder: string;
  readonly payload: Uint8Array;
}

/** How long the PUBACK of a device may take. */
const ACKNOWLEDGEMENT_MS = 10_000;

/** Commands go to a device that is there, or nowhere: nothing is kept (IoT Core, 1.10). */
export class CommandService {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the device has acknowledged the command, or where it subscribed at QoS 0, when it is on its way. Several
   * commands may arrive in another order, and one twice when it is sent again after an error.
   *
   * @param principal whom the audit trail names
   * @param signal stops the waiting; the command may be on its way already
   * @throws `COMMAND_…`, `DEVICE_NOT_FOUND`, `DEVICE_NOT_CONNECTED`, `DEVICE_NOT_SUBSCRIBED`
   */
  async send(name: DeviceName, command: Command, principal: string, signal: AbortSignal): Promise<void> {
    checkCommand(command);
    const { database, auditTrail, devices } = this.#parts;
    const device = await devices.get(name);
    this.#reach(device);
    const after = { subfolder: command.subfolder, payload: digestOf(command.payload) };
    const resource = formatDeviceName(deviceNameOf(device));
    await database.transaction((executor) =>
      auditTrail.record(executor, { principal, action: 'sendCommandToDevice', resource, after }),
    );
    // Once more: the device may have come back in another session meanwhile.
    await this.#deliver(this.#reach(device), command, resource, signal);
  }

  #reach(device: DeviceRecord): Session<DevicePrincipal> {
    const context = { device: formatDeviceName(deviceNameOf(device)) };
    const session = this.#parts.link.session(device.numId);
    if (session === undefined) throw twinError('DEVICE_NOT_CONNECTED', context);
    if (session.subscriptionQos('commands') === undefined) throw twinError('DEVICE_NOT_SUBSCRIBED', context);
    return session;
  }

  #deliver(
    session: Session<DevicePrincipal>,
    { subfolder, payload }: Command,
    device: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        timer.cancel();
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onAbort = (): void => end(twinError('COMMAND_CANCELLED', { device }));
      const timer = clock.setTimer(ACKNOWLEDGEMENT_MS, () =>
        end(twinError('COMMAND_NOT_ACKNOWLEDGED', { device, seconds: ACKNOWLEDGEMENT_MS / 1_000 })),
      );
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) {
        onAbort();
        return;
      }
      // What fails at once was never sent; what fails later is a session that ended.
      let isSent = false;
      session.deliver('commands', subfolder, payload, (delivered) => {
        if (delivered) end();
        else end(twinError(isSent ? 'COMMAND_CONNECTION_LOST' : 'COMMAND_BACKLOG_FULL', { device }));
      });
      isSent = true;
    });
  }
}

/** What `SendCommandToDevice` says of a subfolder: it is wider than that of an event. */
function checkCommand({ subfolder, payload }: Command): void {
  if (payload.length > LIMITS.commandBytes) {
    throw twinError('COMMAND_TOO_LARGE', { limit: LIMITS.commandBytes, bytes: payload.length });
  }
  const limit = LIMITS.subfolderBytes;
  if (subfolder.length > limit || /[+#\0]/.test(subfolder) || !subfolder.isWellFormed()) {
    throw twinError('COMMAND_SUBFOLDER_UNFIT', { limit });
  }
}
