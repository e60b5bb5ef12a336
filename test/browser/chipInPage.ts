// What is done to a virtual chip in a page and in Node alike: flashed by esptool-js over its serial port, and listened to.
import { type FlashPart, referenceFlash } from '@mkiot/board/chip/app/reference/referenceFlash';
import { ConsoleText } from '@mkiot/board/chip/consoleText';
import type { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import type { ChipEvents, VirtualChip } from '@mkiot/board/chip/virtualChip';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { toHex } from '@mkiot/core/bytes/bytes';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { md5 } from '@mkiot/esp32/bytes/md5';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '@mkiot/esp32/partitionTable/partition';
import { ESPLoader, Transport } from 'esptool-js';
import { blankEsp32, offerPort } from '../../examples/web-serial/virtualSerial.ts';
import { PromptClock } from './promptClock.ts';

const CONSOLE_BAUD = 115_200;

export type Life = () => Promise<unknown>;

/** What can happen to a chip; a page finds it by its name. */
export const lives = { flashAndBoot, loseCableWhileFlashing } satisfies Readonly<Record<string, Life>>;

/** What became of a blank chip. */
export interface ChipLife {
  /** What esptool-js told. */
  readonly told: readonly string[];
  /** What the chip printed after it was flashed. */
  readonly console: readonly string[];
}

/** Flashes a blank chip with the reference device, resets it and reads its console until it has told its public key. */
async function flashAndBoot(): Promise<ChipLife> {
  const chip = blankChip();
  chip.powerOn();
  offerPort(chip);
  const port = await requestPort();
  const told = await flash(port, await deviceParts());
  const console = await bootUntil(port, /END PUBLIC KEY/);
  await chip.powerOff();
  return { told, console };
}

/** What became of a chip whose cable came off while it was flashed. */
export interface InterruptedLife {
  /** What the tool was told. */
  readonly error: string;
  /** What the chip prints when it is reset then. */
  readonly afterwards: readonly string[];
  /** And after it was flashed again. */
  readonly mended: readonly string[];
}

/** Takes the cable off while the partition table is written, so that no app comes, resets the chip, and flashes it again. */
async function loseCableWhileFlashing(): Promise<InterruptedLife> {
  const parts = await deviceParts();
  let isFirstTry = true;
  const chip = blankChip({
    flashChanged: (address) => {
      if (isFirstTry && address >= DEFAULT_PARTITION_TABLE_OFFSET) cable.unplug();
    },
  });
  const cable = offerPort(chip);
  const port = await requestPort();
  chip.powerOn();
  const error = await flash(port, parts).then(
    () => '',
    (failure: unknown) => String(failure),
  );
  isFirstTry = false;
  const afterwards = await bootUntil(port, /No bootable app/);
  await flash(port, parts);
  const mended = await bootUntil(port, /END PUBLIC KEY/);
  await chip.powerOff();
  return { error, afterwards, mended };
}

/** The same chip each time: its random numbers and its times are. */
function blankChip(events: ChipEvents = {}): VirtualChip {
  return blankEsp32({ clock: new PromptClock(), random: seededRandom(1), events });
}

/** As any page asks for a port. */
function requestPort(): Promise<WebSerialPort> {
  return (navigator as unknown as { readonly serial: { requestPort(): Promise<WebSerialPort> } }).serial.requestPort();
}

function deviceParts(): Promise<readonly FlashPart[]> {
  return referenceFlash(ESP32, '1.2.3', { flashEncryption: 'development' });
}

async function flash(port: WebSerialPort, parts: readonly FlashPart[]): Promise<readonly string[]> {
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const terminal = { clean: () => {}, writeLine: tell, write: tell };
  const transport = new Transport(port);
  const loader = new ESPLoader({ transport, baudrate: 921_600, romBaudrate: CONSOLE_BAUD, terminal });
  // A block that nobody takes is given up at once: each attempt would wait for five seconds.
  loader.WRITE_BLOCK_ATTEMPTS = 1;
  try {
    await loader.main();
    await loader.writeFlash({
      fileArray: parts.map(({ offset, bytes }) => ({ address: offset, data: bytes })),
      flashMode: 'keep',
      flashFreq: 'keep',
      flashSize: 'keep',
      eraseAll: false,
      compress: true,
      calculateMD5Hash: (image) => toHex(md5(image)),
    });
  } finally {
    await transport.disconnect();
  }
  return told;
}

/** Resets the chip as a monitor does, and reads its console until `pattern` is in it. */
async function bootUntil(port: WebSerialPort, pattern: RegExp): Promise<readonly string[]> {
  await port.open({ baudRate: CONSOLE_BAUD });
  await port.setSignals({ dataTerminalReady: false, requestToSend: true });
  await port.setSignals({ requestToSend: false });
  const lines: string[] = [];
  const text = new ConsoleText((line) => lines.push(line));
  const reader = (port.readable as ReadableStream<Uint8Array>).getReader();
  while (!lines.some((line) => pattern.test(line))) {
    const { value, done } = await reader.read();
    if (done) break;
    text.add(value);
  }
  reader.releaseLock();
  await port.close();
  return lines;
}
