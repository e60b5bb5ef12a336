// Images in the format of ESP-IDF 3.x. What runs on the device does not matter to what its flash gives away, so their segments
// hold no program: noise where code would be, and the texts by which people recognise a bootloader and a sketch.
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { buildAppDescription } from '@mkiot/esp32/image/appDescription';
import { buildImage } from '@mkiot/esp32/image/buildImage';
import type { ImageHeader } from '@mkiot/esp32/image/imageHeader';
import { randomBytes } from 'node:crypto';

const HEADER: ImageHeader = {
  spiMode: 2,
  spiSpeed: 0,
  flashSize: 2,
  entryPoint: 0x40080000,
  wpPin: 0xee,
  pinDrives: [0, 0, 0, 0, 0, 0],
  chipId: 0,
  legacyMinRevision: 0,
  minRevision: 0,
  maxRevision: 0,
  reserved: new Uint8Array(4),
  hashAppended: true,
};

export function buildBootloader(): Promise<Uint8Array<ArrayBuffer>> {
  const texts = segment('2nd stage bootloader\0Checking flash encryption...\0', 0x3000);
  return buildImage({ header: HEADER, segments: [{ loadAddress: 0x3fff0018, data: texts }, code(0x40078000, 0x2000)] });
}

export function buildSketch(): Promise<Uint8Array<ArrayBuffer>> {
  const description = buildAppDescription({
    secureVersion: 0,
    version: '1.0',
    projectName: 'mkiot',
    time: '12:00:00',
    date: 'Jan  1 2021',
    idfVersion: 'v3.3.5',
    elfSha256: randomBytes(32),
    minEfuseBlockRevision: 0,
    maxEfuseBlockRevision: 0,
    mmuPageSize: 0,
    reserved: [new Uint8Array(8), new Uint8Array(3), new Uint8Array(72)],
  });
  const texts = concatBytes(description, segment('EEPROM.begin failed\0mqtt.googleapis.com\0', 0x8000));
  return buildImage({
    header: HEADER,
    segments: [{ loadAddress: 0x3f400020, data: texts }, code(0x400d0018, 0x60000)],
  });
}

function code(loadAddress: number, size: number): { readonly loadAddress: number; readonly data: Uint8Array } {
  return { loadAddress, data: segment('', size) };
}

/** Texts, then noise with zeros in it: code has a low entropy. */
function segment(texts: string, size: number): Uint8Array {
  const noise = randomBytes(size).map((byte, at) => (at % 4 === 3 ? 0 : byte));
  noise.set(utf8Encode(texts));
  return noise;
}
