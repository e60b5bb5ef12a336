import { delay } from '@mkiot/core/clock/clock';
import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import { md5 } from '@mkiot/esp32/bytes/md5';
import { checkFlashRange } from '../flashRange.ts';
import { type LoaderCommand, type LoaderContext, words } from '../loaderCommand.ts';
import { LoaderFailure } from '../loaderStatus.ts';
import { wordsOf } from '@mkiot/esp32/serial/packet';

/** READ_FLASH_SLOW answers so many bytes, however few it was asked for. */
const SLOW_READ_BYTES = 64;
const MAX_READ_PACKET_BYTES = 0x4000;

/** What lies in flash is what the loader gives: encrypted where it is encrypted. */
export const readFlashSlow: LoaderCommand = {
  name: 'READ_FLASH_SLOW',
  lengths: words(2),
  run(context, [offset = 0, length = 0]) {
    const { bus, model } = context.hardware;
    const pointer = model.loader.flashReadPointer;
    const entryPoint = pointer === undefined ? 0 : bus.read(pointer);
    // Who has put another function in its place wants that to run: esptool starts its stub so under secure boot.
    if (entryPoint !== 0) return { times: 0, after: () => context.runCode(entryPoint) };
    if (length > SLOW_READ_BYTES) throw new LoaderFailure('readLength');
    const data = new Uint8Array(SLOW_READ_BYTES).fill(0xff);
    data.set(read(context, offset, length));
    return { data };
  },
};

/** The ROM writes the digest as text. */
export const spiFlashMd5: LoaderCommand = {
  name: 'SPI_FLASH_MD5',
  lengths: words(4),
  async run(context, [offset = 0, length = 0]) {
    const { flash, clock, signal } = context.hardware;
    const digest = md5(read(context, offset, length));
    const takesMs = flash.digestMs(length);
    if (takesMs > 0) await delay(clock, takesMs, signal);
    return { data: context.dialect === 'rom' ? utf8Encode(toHex(digest)) : digest };
  },
};

/** Data frames, each of which the tool acknowledges with how many bytes it has, and their digest. */
export const readFlash: LoaderCommand = {
  name: 'READ_FLASH',
  lengths: words(4),
  run(context, [offset = 0, length = 0, packetBytes = 0, inFlight = 0]) {
    if (packetBytes === 0 || packetBytes > MAX_READ_PACKET_BYTES || inFlight === 0)
      throw new LoaderFailure('parameter');
    const data = read(context, offset, length);
    return { after: () => sendFlash(context, data, packetBytes, inFlight) };
  },
};

async function sendFlash(
  context: LoaderContext,
  data: Uint8Array,
  packetBytes: number,
  inFlight: number,
): Promise<void> {
  let sent = 0;
  let acknowledged = 0;
  while (acknowledged < data.length) {
    while (sent < data.length && sent - acknowledged < inFlight * packetBytes) {
      const packet = data.subarray(sent, sent + packetBytes);
      context.sendFrame(packet);
      sent += packet.length;
    }
    const frame = await context.nextFrame();
    if (frame === undefined) return;
    const [received = 0] = frame.length === 4 ? wordsOf(frame) : [];
    const isAcknowledgement = frame.length === 4 && received > acknowledged && received <= sent;
    if (!isAcknowledgement) {
      // The tool has given up, and asks for something else.
      context.giveBack(frame);
      return;
    }
    acknowledged = received;
  }
  context.sendFrame(md5(data));
}

/** @throws LoaderFailure `flashRead` where it does not lie in flash */
function read(context: LoaderContext, offset: number, length: number): Uint8Array<ArrayBuffer> {
  checkFlashRange(context, offset, length, 'flashRead');
  return context.hardware.flash.read(offset, length);
}
