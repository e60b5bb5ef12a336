import { concatBytes, utf8Decode } from '@mkiot/core/bytes/bytes';
import { expectBytes, expectEqual, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import { APP_DESCRIPTION_BYTES, buildAppDescription } from './appDescription.ts';
import { buildImage } from './buildImage.ts';
import { appDescriptionOf } from './imageFacts.ts';
import { imageInfoLines } from './imageInfoText.ts';
import { parseImage } from './parseImage.ts';
import { addSecurePadding } from './securePadding.ts';
import { verifyImage, whatFollows } from './verifyImage.ts';

/** Images that esptool has made. */
export const IMAGES = ['app-esp32', 'app-esp32-securepad2', 'app-esp32s3-minrev', 'boot-esp32'] as const;

export function imageVector(name: string): URL {
  const folder = name === 'app-esp32s3-minrev.bin' || name.endsWith('.txt') ? 'vectors' : '../secureBoot/vectors';
  return new URL(`${folder}/${name}`, import.meta.url);
}

/** What esptool says of an image; its own version and the size of the file come before. */
export async function imageInfoVector(name: string, read: ReadVector): Promise<string> {
  const text = utf8Decode(await read(imageVector(`${name}.image-info.txt`)));
  return text.slice(text.indexOf('ESP32')).trimEnd();
}

export const checks: readonly VectorCheck[] = [
  ...IMAGES.map((name) => ({
    name: `${name} is read, shown and built as esptool does it`,
    run: (read: ReadVector) => checkImage(name, read),
  })),
  { name: 'signatures of both versions of secure boot may follow an image', run: checkSigned },
  {
    name: 'an app is padded for secure boot v2 as esptool pads it',
    async run(read) {
      const file = await read(imageVector('app-esp32-securepad2.bin'));
      const { header, segments } = parseImage(file);
      const padded = addSecurePadding({ header, segments: segments.slice(0, -1) }, 'v2');
      expectBytes(await buildImage(padded), file, 'the padded app');
    },
  },
];

async function checkSigned(read: ReadVector): Promise<void> {
  for (const [name, signature] of [
    ['app-esp32-securepad2.bin', 'sh-rsa3.sector.bin'],
    ['app-esp32.bin', 'sh-v1.signature.bin'],
  ] as const) {
    const file = concatBytes(await read(imageVector(name)), await read(imageVector(signature)));
    expectEqual(whatFollows(file, parseImage(file)), undefined, `what follows ${name}`);
  }
}

async function checkImage(name: string, read: ReadVector): Promise<void> {
  const file = await read(imageVector(`${name}.bin`));
  const image = parseImage(file);
  const problems = await verifyImage(image);
  expectEqual(problems.length, 0, 'the number of problems');
  expectEqual(whatFollows(file, image), undefined, 'what follows');
  expectEqual((await imageInfoLines(image)).join('\n'), await imageInfoVector(name, read), 'the text');
  expectBytes(await buildImage(image), file, 'what was built again');
  const app = appDescriptionOf(image);
  const first = image.segments[0]?.data ?? new Uint8Array();
  if (app === undefined) return expectEqual(name.startsWith('app'), false, 'an app without description');
  expectBytes(buildAppDescription(app), first.subarray(0, APP_DESCRIPTION_BYTES), 'the description');
}
