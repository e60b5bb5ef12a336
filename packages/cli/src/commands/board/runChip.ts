import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { ReferenceBoard } from '@mkiot/board/chip/referenceBoard';
import type { VirtualChip } from '@mkiot/board/chip/virtualChip';
import type { DeviceSettings } from '@mkiot/board/device/referenceDevice';
import { EfuseFiles, FlashFile } from '@mkiot/board/node/chip/chipFiles';
import { EnrolmentTicketFile } from '@mkiot/board/node/enrolmentTicketFile';
import { httpsEnrolment } from '@mkiot/board/node/httpsEnrolment';
import { PtyServer } from '@mkiot/board/node/chip/ptyServer';
import { SerialServer } from '@mkiot/board/node/chip/serialServer';
import type { DaughterboardDescription } from '@mkiot/board/peripherals/daughterboard';
import { boardSurroundings } from '@mkiot/board/peripherals/surroundings';
import { tlsOpener } from '@mkiot/board/node/tlsStream';
import type { Clock } from '@mkiot/core/clock/clock';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import { once } from 'node:events';
import type { Cli } from '../../cli.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { usageError } from '../../usageErrors.ts';
import { BoardPrinter } from './boardPrinter.ts';
import { boardServer } from './boardServer.ts';
import type { ChipOptions, SerialPlace } from './chipOptions.ts';
import { registerBoard } from './registerBoard.ts';
import { ticketBoard } from './ticketBoard.ts';

/** The version of the app that is flashed onto a blank chip. */
const CHIP_FIRMWARE_VERSION = '0.1.0';

export interface ChipRun extends ChipOptions {
  readonly mqtt?: string;
  /** A file with a ticket: a new chip gets it with its factory data, and enrols itself. */
  readonly ticket?: string;
  readonly quiet?: boolean;
  /** What the device takes for the time. */
  readonly clock: Clock;
  readonly settings: DeviceSettings;
  readonly daughterboard: Partial<DaughterboardDescription>;
}

/**
 * Runs a board on a virtual chip until Ctrl-C: it boots from its flash, and flashing tools reach its serial port. With a
 * firmware to flash, the device is registered with the key that it tells on its console, and provisioned.
 *
 * @param name of the device to register
 */
export async function runChip(cli: Cli, chipName: VirtualChipName, options: ChipRun, name = 'board-1'): Promise<void> {
  const { random, signal } = cli.ports;
  const model = CHIP_MODELS[chipName];
  const printer = new BoardPrinter(cli, options.quiet === true);
  const tell: Tell = (event, line) => printer.print(event, line);
  const around = boardSurroundings(options.clock, name, options.daughterboard);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  await using open = new AsyncDisposableStack();
  open.defer(() => around.board.powerOff());
  const flashFile =
    options.flash === undefined ? undefined : open.use(await FlashFile.open(options.flash, options.flashSize));
  const factory = factoryEfuses(model, randomMac(random));
  const efuseFiles = options.efuse === undefined ? undefined : open.use(await EfuseFiles.open(options.efuse, factory));
  const board: ReferenceBoard = new ReferenceBoard({
    model,
    flashCells: flashFile?.cells ?? erasedFlash(options.flashSize),
    efuses: efuseFiles?.burned ?? factory,
    clock: options.clock,
    random,
    aes: nodeAes,
    firmwareVersion: CHIP_FIRMWARE_VERSION,
    flashEncryption: options.flashEncryption,
    isThrottled: options.baudThrottle,
    openStream: (factory) => around.over(tlsOpener(factory, options.clock)),
    redeem: ({ host, caPem }, port) => httpsEnrolment({ host, port, caPem }, options.clock),
    sensors: () => around.sensors,
    settings: options.settings,
    onLine: (line) => tell({ console: line }, line),
    onEvent: (event) => printer.event(name, event),
    events: {
      flashChanged: (address, length) => flashFile?.changed(address, length),
      efusesChanged: () => efuseFiles?.keep(board.chip.efuses.trueBits()),
      codeNotRun: (entryPoint) =>
        tell(
          { codeNotRun: entryPoint },
          `code was uploaded and started at ${toHexOffset(entryPoint)}: this chip executes none`,
        ),
      failed: failure.reject,
    },
  });
  const { chip } = board;
  efuseFiles?.keep(chip.efuses.trueBits());
  open.defer(() => chip.powerOff());
  if (options.serial !== undefined) tell(...(await offer(open, chip, options.serial, tell)));
  const isNew = options.firmware !== undefined && (await board.flashIfBlank());
  if (isNew && options.ticket !== undefined) await giveTicket(cli, board, name, options, options.ticket);
  chip.powerOn(options.download === true);
  const ended = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  if (options.firmware !== undefined && options.ticket === undefined) {
    await Promise.race([ended, failure.promise, provision(cli, board, name, options)]);
  }
  await Promise.race([ended, failure.promise]);
  await open.disposeAsync();
  await printer.printed;
}

/** A device in factory state is registered with its own key, and told who it is. One that knows it already tells no key. */
async function provision(cli: Cli, board: ReferenceBoard, name: string, { mqtt }: ChipRun): Promise<void> {
  const publicKeyPem = await board.publicKey;
  await cli.withServer(async (connection) => {
    const device = connection.names.device(name);
    await registerBoard(connection.api, device, publicKeyPem, 'its virtual flash');
    await board.provision({ deviceName: formatDeviceName(device), ...(await boardServer(cli, mqtt, connection)) });
  });
}

/** A new device gets name, platform and ticket as a factory gives them; the rest it does itself. @throws `BOARD_…` */
async function giveTicket(
  cli: Cli,
  board: ReferenceBoard,
  name: string,
  { mqtt }: ChipRun,
  path: string,
): Promise<void> {
  const ticket = await new EnrolmentTicketFile(path).load();
  if (ticket === undefined) throw usageError('BOARD_TICKET_GONE', { path });
  const { deviceName, server, apiUrl } = await ticketBoard(cli, name, mqtt);
  board.putFactoryData({ deviceName, ...server }, { apiPort: Number(new URL(apiUrl).port || 443), ticket });
}

type Tell = (event: object, line: string) => void;

/** @returns what to tell of where the serial port is */
async function offer(
  open: AsyncDisposableStack,
  chip: VirtualChip,
  place: SerialPlace,
  tell: Tell,
): Promise<readonly [event: object, line: string]> {
  if (place.kind === 'pty') {
    const { path } = open.use(await PtyServer.open(chip.serial));
    return [{ serial: path }, `serial port: ${path}`];
  }
  const onTool = (isThere: boolean): void => tell({ tool: isThere }, isThere ? 'a tool has come' : 'the tool has gone');
  const server = open.use(
    await SerialServer.open({ port: chip, protocol: place.kind, tcpPort: place.tcpPort, onTool }),
  );
  const scheme = place.kind === 'tcp' ? 'socket' : 'rfc2217';
  const url = `${scheme}://127.0.0.1:${server.tcpPort}`;
  return [{ serial: url }, `serial port: ${url}`];
}

/** A locally administered address, so that it is nobody's (IEEE 802, clause 8.4). */
function randomMac(random: Cli['ports']['random']): Uint8Array<ArrayBuffer> {
  const mac = random(new Uint8Array(6));
  mac[0] = ((mac[0] as number) & 0xfc) | 0x02;
  return mac;
}
