import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { VirtualChip } from '@mkiot/board/chip/virtualChip';
import { EfuseFiles, FlashFile } from '@mkiot/board/node/chip/chipFiles';
import { PtyServer } from '@mkiot/board/node/chip/ptyServer';
import { SerialServer } from '@mkiot/board/node/chip/serialServer';
import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import { once } from 'node:events';
import type { Cli } from '../../cli.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import type { ChipOptions, SerialPlace } from './chipOptions.ts';
import { ConsoleLines } from './consoleLines.ts';

/** Runs a board on a virtual chip until Ctrl-C: it boots from its flash, and flashing tools reach its serial port. */
export async function runChip(cli: Cli, chipName: VirtualChipName, options: ChipOptions): Promise<void> {
  const { clock, random, signal } = cli.ports;
  const model = CHIP_MODELS[chipName];
  let printed = Promise.resolve();
  const tell = (event: object, line: string): void => {
    printed = printed.then(() => cli.output.item(event, line));
  };
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  await using open = new AsyncDisposableStack();
  const flashFile =
    options.flash === undefined ? undefined : open.use(await FlashFile.open(options.flash, options.flashSize));
  const factory = factoryEfuses(model, randomMac(random));
  const efuseFiles = options.efuse === undefined ? undefined : open.use(await EfuseFiles.open(options.efuse, factory));
  const chip = new VirtualChip({
    model,
    flashCells: flashFile?.cells ?? erasedFlash(options.flashSize),
    efuses: efuseFiles?.burned ?? factory,
    clock,
    random,
    aes: nodeAes,
    firmwares: {},
    isThrottled: options.baudThrottle,
    events: {
      flashChanged: (address, length) => flashFile?.changed(address, length),
      efusesChanged: () => efuseFiles?.keep(chip.efuses.trueBits()),
      codeNotRun: (entryPoint) =>
        tell(
          { codeNotRun: entryPoint },
          `code was uploaded and started at ${toHexOffset(entryPoint)}: this chip executes none`,
        ),
      failed: failure.reject,
    },
  });
  efuseFiles?.keep(chip.efuses.trueBits());
  const lines = new ConsoleLines((line) => tell({ console: line }, line));
  chip.serial.onBytes = (bytes) => lines.push(bytes);
  open.defer(() => chip.powerOff());
  if (options.serial !== undefined) tell(...(await offer(open, chip, options.serial, tell)));
  chip.powerOn(options.download === true);
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), failure.promise]);
  await open.disposeAsync();
  await printed;
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
