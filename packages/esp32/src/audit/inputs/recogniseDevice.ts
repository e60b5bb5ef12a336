import { equalBytes } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type AuditInput, INPUT_KINDS, type InputFile, type InputKind } from './auditInput.ts';
import { inputError } from './inputErrors.ts';
import { recogniseInput } from './recogniseInput.ts';

/** The files of one device. */
export interface DeviceFiles {
  /** What reports call it: the name of its folder. */
  readonly name: string;
  readonly files: readonly InputFile[];
  /** As in a folder, where files that are nothing to an audit are left out; without it they are refused. */
  readonly mayHoldOthers: boolean;
  /** What is there and was not read. */
  readonly leftOut?: readonly LeftOut[];
}

export interface RecognisedDevice {
  readonly inputs: readonly AuditInput[];
  readonly leftOut: readonly LeftOut[];
  /** Files in a folder that are an input, but a broken one. */
  readonly problems: readonly MkiotError[];
}

/** A file that the audit does not look at. */
export interface LeftOut {
  readonly source: string;
  readonly reason: string;
}

/**
 * What each file of a device is. A file that is there twice counts once.
 *
 * @throws what `recogniseInput` throws, for files that were named; `AUDIT_INPUT_NONE`
 */
export async function recogniseDevice(device: DeviceFiles): Promise<RecognisedDevice> {
  const inputs: AuditInput[] = [];
  const leftOut: LeftOut[] = [...(device.leftOut ?? [])];
  const problems: MkiotError[] = [];
  for (const [index, file] of device.files.entries()) {
    const same = device.files.slice(0, index).find(({ bytes }) => equalBytes(bytes, file.bytes));
    if (same !== undefined) {
      leftOut.push({ source: file.name, reason: `the same as ${same.name}` });
      continue;
    }
    try {
      inputs.push(await recogniseInput(file));
    } catch (error) {
      if (!(error instanceof MkiotError) || !device.mayHoldOthers) throw error;
      const isOther = OTHERS.includes(error.code);
      leftOut.push({ source: file.name, reason: isOther ? 'nothing that an audit reads' : 'cannot be read' });
      if (!isOther) problems.push(error);
    }
  }
  if (inputs.length > 0) return { inputs, leftOut, problems };
  throw problems[0] ?? inputError('AUDIT_INPUT_NONE', { source: device.name });
}

/** What a folder may hold besides. */
const OTHERS: readonly string[] = ['AUDIT_INPUT_UNKNOWN', 'AUDIT_INPUT_KEY'];

type InputOf<Kind extends InputKind> = Extract<AuditInput, { readonly kind: Kind }>;

export function inputsOf<Kind extends InputKind>(inputs: readonly AuditInput[], kind: Kind): readonly InputOf<Kind>[] {
  return inputs.filter((input): input is InputOf<Kind> => input.kind === kind);
}

/**
 * The one input of a kind of which a device has one.
 *
 * @throws `AUDIT_INPUT_TWICE`
 */
export function onlyInput<Kind extends InputKind>(
  inputs: readonly AuditInput[],
  kind: Kind,
): InputOf<Kind> | undefined {
  const [first, second] = inputsOf(inputs, kind);
  if (first === undefined || second === undefined) return first;
  throw inputError('AUDIT_INPUT_TWICE', { source: first.source, other: second.source, kind: INPUT_KINDS[kind] });
}

/** A project of ESP-IDF has `sdkconfig` beside the defaults and the old one that it comes from: it is what counts. */
export function withoutOtherSdkconfigs(device: RecognisedDevice): RecognisedDevice {
  const all = inputsOf(device.inputs, 'sdkconfig');
  const main = all.find(({ source }) => /(?:^|[/\\])sdkconfig$/.test(source));
  if (main === undefined || all.length === 1) return device;
  const others = all.filter((input) => input !== main);
  const reason = `${main.source} is what the project is built with`;
  return {
    ...device,
    inputs: device.inputs.filter((input) => input.kind !== 'sdkconfig' || input === main),
    leftOut: [...device.leftOut, ...others.map(({ source }) => ({ source, reason }))],
  };
}
