import { toHex } from '@mkiot/core/bytes/bytes';
import { errorTable, type MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { imageHash } from '@mkiot/esp32/image/image';
import { appDescriptionOf, bootloaderDescriptionOf, chipOf, memoryTypes } from '@mkiot/esp32/image/imageFacts';
import { imageInfoLines } from '@mkiot/esp32/image/imageInfoText';
import { type ParsedImage, parseImage } from '@mkiot/esp32/image/parseImage';
import { verifyImage, whatFollows } from '@mkiot/esp32/image/verifyImage';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile } from '../../namedFile.ts';
import { printable } from '../../output/printable.ts';
import { chipNamed } from './chipOption.ts';
import { addFormat, type FormatOption, resultIn } from './format.ts';

const findingError = errorTable({
  IMAGE_UNVERIFIED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'A bootloader would refuse the image, or should not be given it: problems found: {problems}.',
  },
});

export function addImage(esp32: Command, cli: Cli): void {
  const image = addCommand(esp32, 'image', {
    summary: 'Read and check app and bootloader images',
    examples: ['mkiot esp32 image info app.bin', 'mkiot esp32 image verify --chip esp32s3 app.bin'],
  });
  addInfo(image, cli);
  addVerify(image, cli);
}

function addInfo(image: Command, cli: Cli): void {
  const info = addCommand(image, 'info', {
    summary: 'Show header, segments and description of an image',
    details: 'The words are those of "esptool image-info".',
    examples: ['mkiot esp32 image info app.bin', 'mkiot esp32 image info --format json app.bin'],
  }).argument('<file>', 'the image, plain');
  addFormat(info).action(async (input: string, options: FormatOption) => {
    const file = await readNamedFile(input);
    const parsed = parseImage(file);
    const lines = [`Image size: ${file.length} bytes`, '', ...(await imageInfoLines(parsed))];
    await resultIn(options, cli, await infoJson(parsed), lines.map(printable));
  });
}

function addVerify(image: Command, cli: Cli): void {
  const verify = addCommand(image, 'verify', {
    summary: 'Check that a bootloader would take an image',
    details:
      'Checksum, hash, chip, revisions, places of segments, and what follows the image. Exit code 1 tells that something is ' +
      'wrong. Who signed it is for "mkiot esp32 secure-boot verify".',
    examples: ['mkiot esp32 image verify app.bin', 'mkiot esp32 image verify --chip esp32s3 app.bin'],
  })
    .argument('<file>', 'the image, plain')
    .option('--chip <chip>', 'the chip that it has to be for: esp32, esp32s3, …', chipNamed);
  addFormat(verify).action(async (input: string, options: FormatOption & { readonly chip?: Chip }) => {
    const file = await readNamedFile(input);
    const parsed = parseImage(file);
    const follows = whatFollows(file, parsed);
    const problems = [...(await verifyImage(parsed, options.chip)), ...(follows === undefined ? [] : [follows])];
    const result = { valid: problems.length === 0, problems: problems.map(({ code, message }) => ({ code, message })) };
    await resultIn(options, cli, result, problems.length === 0 ? ['The image is right.'] : problems.map(problemLine));
    if (problems.length > 0) throw findingError('IMAGE_UNVERIFIED', { problems: problems.length });
  });
}

function problemLine({ code, message }: MkiotError): string {
  return `${message} [${code}]`;
}

async function infoJson(image: ParsedImage): Promise<unknown> {
  const { header, segments, checksum, storedHash, hashed, end } = image;
  const chip = chipOf(image);
  const app = appDescriptionOf(image);
  const bootloader = bootloaderDescriptionOf(image);
  const hash = { stored: storedHash && toHex(storedHash), computed: toHex(await imageHash(hashed)) };
  return {
    chip: chip?.name,
    header: { ...header, reserved: toHex(header.reserved) },
    segments: segments.map(({ loadAddress, offset, data }) => {
      return { loadAddress, offset, length: data.length, memoryTypes: memoryTypes(chip, loadAddress) };
    }),
    checksum,
    hash,
    end,
    app: app && { ...app, elfSha256: toHex(app.elfSha256), reserved: app.reserved.map(toHex) },
    bootloader: bootloader && { ...bootloader, reserved: bootloader.reserved.map(toHex) },
  };
}
