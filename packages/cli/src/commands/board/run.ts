import { createDeviceKey } from '@mkiot/board/node/deviceKey';
import { fleetBoardFolder, runFleet } from '@mkiot/board/node/fleet';
import type { MqttVersion } from '@mkiot/board/device/connection/mqttVersion';
import { DEVICE_SETTINGS, type DeviceSettings } from '@mkiot/board/device/referenceDevice';
import type { BoardOptions } from '@mkiot/board/node/nodeDevice';
import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { formatDeviceName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { ClockSkew } from '@mkiot/core/clock/skewedClock';
import { type Command, Option } from 'commander';
import { join } from 'node:path';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { usageError } from '../../usageErrors.ts';
import { boardClock, readClockSkew } from './boardClock.ts';
import { BoardPrinter } from './boardPrinter.ts';
import { boardApiUrl, boardServer } from './boardServer.ts';
import { addChipOptions, chipOf, type ChipOptions } from './chipOptions.ts';
import { registerBoard } from './registerBoard.ts';
import { runChip } from './runChip.ts';
import { ticketBoard } from './ticketBoard.ts';
import { addSurroundingsOptions, daughterboardOf, type SurroundingsOptions } from './surroundingsOptions.ts';

interface RunOptions extends ChipOptions, SurroundingsOptions {
  readonly count?: number;
  readonly folder?: string;
  readonly mqtt?: string;
  readonly mqttVersion: MqttVersion;
  readonly clock?: ClockSkew;
  readonly register: boolean;
  readonly ticket?: string;
  readonly quiet?: boolean;
}

/** So many milliseconds lie between the starts of two boards of a fleet, that they do not all log in at once. */
const START_SPREAD_MS = 20;

export function addBoardRun(boards: Command, cli: Cli): void {
  const command = addCommand(boards, 'run', {
    summary: 'Run one virtual board or many, until Ctrl-C',
    details:
      'A board makes its own key in its folder at its first start; only the public half leaves it. It is registered ' +
      'through the API, unless the device is there already. With a ticket it registers itself, and needs no login for it: ' +
      'elsewhere than on the machine of the platform say its whole name, --server and --ca.',
    examples: [
      'mkiot board run',
      'mkiot board run tank --count 10 --quiet',
      'mkiot board run pump-1 --folder ./boards',
      'mkiot board run pump-1 --ticket pump-1.ticket',
      'mkiot board run pump-1 --mqtt-version 5 --clock 1970',
      'mkiot board run van-1 --gpx tour.gpx',
      'mkiot board run pump-1 --chip esp32 --firmware reference',
      'mkiot board run --chip esp32 --serial rfc2217:3333 --flash flash.bin --efuse efuse.bin',
    ],
  })
    .argument('[board]', 'its device id; with --count, what the ids begin with')
    .option('--count <number>', 'run this many boards', wholeNumber('--count', 1, 10_000))
    .option('--folder <folder>', 'for keys and unsent messages (~/.local/share/mkiot-boards)')
    .option('--mqtt <host:port>', 'MQTT bridge; default: port 8883 of the server')
    .addOption(new Option('--mqtt-version <version>', 'of the boards').choices(['3.1.1', '5']).default('3.1.1'))
    .option('--clock <clock>', 'give them a wrong clock: 1970, 2038, stopped or drift=FACTOR', readClockSkew)
    .option('--ticket <file>', 'enrol with the ticket in this file, which is removed when it is used')
    .option('--no-register', 'ask no API; needs --mqtt, --ca and a whole device name')
    .option('--quiet', 'leave messages out: print connections, changes and errors');
  addChipOptions(addSurroundingsOptions(command)).action(async (board: string | undefined, options: RunOptions) => {
    const chip = chipOf(options);
    const daughterboard = await daughterboardOf(options);
    if (options.ticket !== undefined && options.count !== undefined) throw usageError('BOARD_TICKET_ALONE');
    if (chip !== undefined) {
      if (options.count !== undefined || !options.register) throw usageError('BOARD_ON_CHIP_ALONE');
      const settings = settingsOf(options);
      const clock = boardClock(cli.ports.clock, options.clock);
      await runChip(cli, chip, { ...options, clock, settings, daughterboard }, board);
      return;
    }
    const names = options.count === undefined ? [board ?? 'board-1'] : numbered(board ?? 'board', options.count);
    const folder = options.folder ?? join(cli.ports.homeFolder, '.local/share/mkiot-boards');
    const prepared = await prepare(cli, names, folder, options);
    await runUntilInterrupted(cli, folder, { ...prepared, daughterboard }, options);
  });
}

interface Prepared {
  readonly deviceNames: readonly string[];
  readonly server: ServerAddress;
  readonly apiUrl?: string | undefined;
  readonly enrolment?: BoardOptions['enrolment'];
}

type Fleet = Prepared & Pick<BoardOptions, 'daughterboard'>;

async function prepare(cli: Cli, names: readonly string[], folder: string, options: RunOptions): Promise<Prepared> {
  const { ticket: ticketFile, mqtt, register } = options;
  if (ticketFile !== undefined) {
    const { deviceName, server, apiUrl } = await ticketBoard(cli, names[0] ?? '', mqtt);
    return { deviceNames: [deviceName], server, apiUrl, enrolment: { ticketFile, apiUrl } };
  }
  if (register) return registered(cli, names, folder, options);
  return { deviceNames: names.map(wholeName), server: await boardServer(cli, mqtt) };
}

function registered(cli: Cli, names: readonly string[], folder: string, options: RunOptions): Promise<Prepared> {
  return cli.withServer(async (connection) => {
    const deviceNames = names.map((name) => connection.names.device(name));
    for (const name of deviceNames) {
      const boardFolder = fleetBoardFolder(folder, formatDeviceName(name));
      const { publicKeyPem } = await createDeviceKey(boardFolder);
      await registerBoard(connection.api, name, publicKeyPem, boardFolder);
    }
    const server = await boardServer(cli, options.mqtt, connection);
    const apiUrl = await boardApiUrl(cli, connection);
    return { deviceNames: deviceNames.map(formatDeviceName), server, apiUrl };
  });
}

async function runUntilInterrupted(cli: Cli, folder: string, prepared: Fleet, options: RunOptions): Promise<void> {
  const { clock, random, signal } = cli.ports;
  const printer = new BoardPrinter(cli, options.quiet === true);
  await runFleet({
    ...prepared,
    folder,
    clock: boardClock(clock, options.clock),
    settings: settingsOf(options),
    random,
    signal,
    startSpreadMs: prepared.deviceNames.length * START_SPREAD_MS,
    onEvent: (deviceName, event) => printer.event(parseDeviceName(deviceName)?.device ?? deviceName, event),
  });
  await printer.printed;
}

function settingsOf({ mqttVersion }: RunOptions): DeviceSettings {
  return { ...DEVICE_SETTINGS, session: { ...DEVICE_SETTINGS.session, mqttVersion } };
}

function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/** Without the API nothing completes a short name. */
function wholeName(name: string): string {
  if (parseDeviceName(name) === undefined) throw usageError('BOARD_NAME_SHORT', { name });
  return name;
}
