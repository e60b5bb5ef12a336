import type { Clock } from '@mkiot/core/clock/clock';
import { systemClock } from '@mkiot/core/clock/systemClock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import type { Emit } from '../device/deviceEvents.ts';
import type { TicketHolder } from '../device/enrolment/ticketHolder.ts';
import { DeviceIdentity, TOKEN_LIFETIME_MS } from '../device/identity.ts';
import { DEVICE_SETTINGS, type DeviceSettings, runReferenceDevice } from '../device/referenceDevice.ts';
import type { Sensor } from '../device/sensing/sensors.ts';
import type { DaughterboardDescription } from '../peripherals/daughterboard.ts';
import { boardSurroundings } from '../peripherals/surroundings.ts';
import { ConfigFile } from './configFile.ts';
import { openDeviceKey } from './deviceKey.ts';
import { EnrolmentTicketFile } from './enrolmentTicketFile.ts';
import { httpsEnrolment } from './httpsEnrolment.ts';
import { httpsChallenges } from './httpsChallenge.ts';
import { OutboxFile } from './outboxFile.ts';
import { TicketFile } from './ticketFile.ts';
import { type ServerAddress, tlsOpener } from './tlsStream.ts';

/** Version that a board reports when it is not told another. */
const FIRMWARE_VERSION = '0.1.0';

export interface BoardOptions {
  /** Holds the board's key, outbox, config and login ticket; made at the first start. One board at a time may use it. */
  readonly folder: string;
  readonly server: ServerAddress;
  /** `https://HOST:8443` of the same platform: gives challenges to a board that has neither ticket nor clock. */
  readonly apiUrl?: string | undefined;
  /** With what the board enrols itself; the file is removed when its ticket has done its work. */
  readonly enrolment?: { readonly ticketFile: string; readonly apiUrl: string } | undefined;
  /** `projects/…/locations/…/registries/…/devices/{id}` */
  readonly deviceName: string;
  /** Ends the board. */
  readonly signal: AbortSignal;
  /** Told what happens, as it happens. Must not throw. */
  readonly onEvent: Emit;
  readonly clock?: Clock;
  readonly random?: RandomFill;
  /** Default: those of its daughterboard. */
  readonly sensors?: readonly Sensor[];
  /** The virtual daughterboard, over whose radio it connects; default: one that does not fail. */
  readonly daughterboard?: Partial<DaughterboardDescription>;
  readonly firmwareVersion?: string;
  /** In milliseconds; the registry may allow less than its 24 hours. */
  readonly tokenLifetimeMs?: number;
  readonly settings?: DeviceSettings;
}

/**
 * Runs one reference device in this process until `signal` is aborted; then says goodbye to the server, writes what is
 * left and resolves. What keeps it from starting is thrown: `DEVICE_NAME_INVALID`, `TOKEN_LIFETIME_INVALID`,
 * `KEY_FILE_…`, `TICKET_FILE_INVALID`, `CA_INVALID`, `OUTBOX_NEWER`, `BOARD_FILE_UNUSABLE`. Whatever comes later, such as a server that is gone
 * or refuses, is told to `onEvent`, and the board goes on.
 *
 * @example
 * const { publicKeyPem } = await createDeviceKey(folder); // register it, then:
 * await runBoard({ folder, server: { host: 'localhost', port: 8883, caPem }, deviceName, signal, onEvent: console.log });
 */
export async function runBoard(options: BoardOptions): Promise<void> {
  const { folder, server, apiUrl, deviceName, signal, onEvent } = options;
  const clock = options.clock ?? systemClock;
  const openStream = tlsOpener(server, clock);
  const key = await openDeviceKey(folder);
  const around = boardSurroundings(clock, deviceName, options.daughterboard);
  const outboxStorage = new OutboxFile(join(folder, 'outbox'));
  try {
    await runReferenceDevice(
      {
        identity: new DeviceIdentity(deviceName, key, options.tokenLifetimeMs ?? TOKEN_LIFETIME_MS),
        firmwareVersion: options.firmwareVersion ?? FIRMWARE_VERSION,
        clock,
        random: options.random ?? randomFillSync,
        openStream: around.over(openStream),
        outboxStorage,
        configStore: new ConfigFile(join(folder, 'config')),
        ticketStore: new TicketFile(join(folder, 'ticket')),
        enrolment: await ticketHolder(options, clock),
        askChallenge: apiUrl === undefined ? undefined : httpsChallenges(apiUrl, server.caPem),
        sensors: options.sensors ?? around.sensors,
        settings: options.settings ?? DEVICE_SETTINGS,
        onEvent,
      },
      signal,
    );
  } finally {
    around.board.powerOff();
    await outboxStorage.close();
  }
}

async function ticketHolder({ enrolment, server }: BoardOptions, clock: Clock): Promise<TicketHolder | undefined> {
  if (enrolment === undefined) return undefined;
  const { hostname, port } = new URL(enrolment.apiUrl);
  const api = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 443), caPem: server.caPem };
  const tickets = new EnrolmentTicketFile(enrolment.ticketFile);
  // A file that cannot be used is told before anything begins.
  await tickets.load();
  return { tickets, redeem: httpsEnrolment(api, clock) };
}
