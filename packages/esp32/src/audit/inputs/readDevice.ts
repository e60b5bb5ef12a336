import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Aes } from '../../aes/aes.ts';
import type { Chip } from '../../chips/chip.ts';
import type { FlashDump } from '../flash/flashDump.ts';
import type { AuditSubject, FromInput } from '../subject.ts';
import type { AuditInput, InputFile, InputKind } from './auditInput.ts';
import { agreedChip, type ChipClaim, chipClaim } from './chipClaims.ts';
import { dumpProblems } from './dumpProblems.ts';
import { readEfuses, sameEfuses } from './efuseInputs.ts';
import { inputError } from './inputErrors.ts';
import { checkMacs } from './macAddress.ts';
import { isFlashEncryptionOn, otherDevice } from './otherDevice.ts';
import { gatherContents, type GatheredContents } from './partitionContents.ts';
import { type FlashContext, readFlash, readPartitions } from './readFlash.ts';
import {
  type DeviceFiles,
  inputsOf,
  type LeftOut,
  onlyInput,
  recogniseDevice,
  withoutOtherSdkconfigs,
} from './recogniseDevice.ts';
import { recogniseInput, unpacked } from './recogniseInput.ts';

/** What the user has said beside the files. */
export interface ReadOptions {
  readonly chip?: Chip | undefined;
  readonly flashKey?: InputFile | undefined;
  readonly publicKeys: readonly InputFile[];
  /** A dump of the same flash at an earlier time, to compare with. */
  readonly before?: InputFile | undefined;
}

/** A device as an audit sees it. */
export interface ReadDevice {
  readonly name: string;
  /** Its batch is empty: see `readBatch`. */
  readonly subject: AuditSubject;
  readonly inputs: readonly { readonly source: string; readonly kind: InputKind }[];
  readonly leftOut: readonly LeftOut[];
  /** What makes an audit of these inputs less than whole. */
  readonly problems: readonly MkiotError[];
  /** Files that are one partition each, where there is no dump of the whole flash. */
  readonly contents?: GatheredContents;
  readonly before?: FromInput<FlashDump>;
}

/** Reads several devices; each has the others as its batch. @throws as `readDevice` */
export async function readBatch(
  devices: readonly DeviceFiles[],
  options: ReadOptions,
  aes: Aes,
): Promise<readonly ReadDevice[]> {
  const read: ReadDevice[] = [];
  for (const device of devices) read.push(await readDevice(device, options, aes));
  return read.map((device) => {
    const batch = read.flatMap((other) => (other === device ? [] : [other.subject]));
    return { ...device, subject: { ...device.subject, batch } };
  });
}

/**
 * Reads what the files of one device show.
 *
 * @throws an {@link inputError} where a file cannot be read, or the files cannot be of one device
 */
export async function readDevice(device: DeviceFiles, options: ReadOptions, aes: Aes): Promise<ReadDevice> {
  const recognised = withoutOtherSdkconfigs(await recogniseDevice(device));
  const { inputs } = recognised;
  const told: readonly ChipClaim[] = options.chip === undefined ? [] : [{ source: '--chip', chip: options.chip }];
  const claims = [...told, ...inputs.flatMap((input) => chipClaim(input) ?? [])];
  const efuses = inputsOf(inputs, 'efuse').map((input) => readEfuses(input, agreedChip(claims)));
  const chip = agreedChip([...claims, ...efuses.map(({ source, value }) => ({ source, chip: value.chip }))]);
  const efuse = sameEfuses(efuses);
  const partitionTable = onlyInput(inputs, 'partitionTable');
  const { flashKey } = options;
  const context: FlashContext = {
    chip,
    efuse: efuse?.value,
    partitions: partitionTable?.value,
    flashKey,
    aes,
  };
  const { flash, contents } = await readFlashInputs(inputs, context);
  const useless = flash === undefined || contents !== undefined ? (flashKey ?? options.before) : undefined;
  if (useless !== undefined) throw inputError('AUDIT_FLASH_MISSING', { source: useless.name });
  const subject: AuditSubject = {
    ...(chip && { chip }),
    ...(efuse && { efuse }),
    ...fromInput('bootLog', onlyInput(inputs, 'bootLog')),
    ...fromInput('sdkconfig', onlyInput(inputs, 'sdkconfig')),
    ...fromInput('partitionTable', partitionTable),
    ...(flash && { flash }),
    publicKeys: await readPublicKeys(inputsOf(inputs, 'publicKey'), options.publicKeys),
    batch: [],
  };
  checkMacs(subject);
  const before = options.before && (await readBefore(options.before, context));
  return {
    name: device.name,
    subject,
    inputs: inputs.map(({ source, kind }) => ({ source, kind })),
    leftOut: [...recognised.leftOut, ...(contents === undefined ? leftContents(inputs) : [])],
    problems: [...recognised.problems, ...(await problemsOf(subject, flashKey, contents !== undefined))],
    ...(contents && { contents }),
    ...(before && { before }),
  };
}

/** The part of a subject that comes from an input; nothing where there is none. */
function fromInput<Part extends InputKind, Value>(
  part: Part,
  input: { readonly source: string; readonly value: Value } | undefined,
): Partial<Record<Part, FromInput<Value>>> {
  if (input === undefined) return {};
  return { [part]: { source: input.source, value: input.value } } as Record<Part, FromInput<Value>>;
}

interface FlashInputs {
  readonly flash?: FromInput<FlashDump>;
  readonly contents?: GatheredContents;
}

/** A dump of the whole flash, or in its place the partitions that were given as files. */
async function readFlashInputs(inputs: readonly AuditInput[], context: FlashContext): Promise<FlashInputs> {
  const dump = onlyInput(inputs, 'flash');
  if (dump !== undefined) return { flash: { source: dump.source, value: await readFlash(dump.value, context) } };
  const files = inputsOf(inputs, 'contents');
  if (files.length === 0) return {};
  const contents = gatherContents(files);
  const value = readPartitions(contents.bytes, context.chip, contents.partitions);
  return { flash: { source: contents.source, value }, contents };
}

function leftContents(inputs: readonly AuditInput[]): readonly LeftOut[] {
  const reason = 'the flash dump shows what is on the device';
  return inputsOf(inputs, 'contents').map(({ source }) => ({ source, reason }));
}

/** @throws `AUDIT_INPUT_UNKNOWN` for a file that was named as a key and holds none */
async function readPublicKeys(
  found: readonly FromInput<AuditSubject['publicKeys'][number]['value']>[],
  named: readonly InputFile[],
): Promise<AuditSubject['publicKeys']> {
  const keys = found.map(({ source, value }) => ({ source, value }));
  for (const file of named) {
    const input = await recogniseInput(file);
    if (input.kind !== 'publicKey') {
      throw inputError('AUDIT_INPUT_UNKNOWN', { source: file.name, reason: 'no public key in PEM' });
    }
    keys.push({ source: input.source, value: input.value });
  }
  return keys;
}

async function readBefore(file: InputFile, context: FlashContext): Promise<FromInput<FlashDump>> {
  const { name: source, bytes } = await unpacked(file);
  if (bytes.length === 0) throw inputError('AUDIT_INPUT_EMPTY', { source });
  return { source, value: await readFlash(bytes, context) };
}

async function problemsOf(
  subject: AuditSubject,
  flashKey: InputFile | undefined,
  isContents: boolean,
): Promise<readonly MkiotError[]> {
  const { flash, efuse, chip } = subject;
  if (flash === undefined || isContents) return [];
  const isKnownEncrypted = efuse !== undefined && isFlashEncryptionOn(efuse.value);
  const problems = [...dumpProblems(flash, chip, isKnownEncrypted), ...(await otherDevice(subject))];
  if (flashKey !== undefined && flash.value.keyFits === false) {
    problems.push(inputError('AUDIT_FLASH_KEY_WRONG', { key: flashKey.name, source: flash.source }));
  }
  return problems;
}
