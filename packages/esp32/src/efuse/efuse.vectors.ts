import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Chip, ChipName } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { expectBytes, fromHex, type ReadVector, type VectorCheck } from '../vectors.testing.ts';
import type { EfuseDump } from './efuseDump.ts';
import { type EfuseEntry, efuseEntries } from './efuseSummary.ts';
import { parseEmulatorFile } from './emulatorFile.ts';
import { buildJointDump, parseJointDump } from './jointDump.ts';
import { parseEfuseFile } from './parseEfuseFile.ts';

/** Chip states that espefuse has made: `NAME.joint.bin` and others. */
export const EFUSE_STATES = [
  'esp32-blank',
  'esp32-fe-development',
  'esp32-fe-on-but-everything-left-open',
  'esp32-fe-release-sbv1',
  'esp32-rev3-sbv2-fe-release-locked',
  'esp32c3-fe-development',
  'esp32c6-hmac-nvs-only',
  'esp32s3-blank',
  'esp32s3-xts256-sbv2-release',
] as const;

/** The ones that older versions of espefuse have shown too. */
const OLD_SUMMARIES = ['esp32-blank', 'esp32-fe-development', 'esp32s3-xts256-sbv2-release'] as const;

export function efuseVector(name: string): URL {
  return new URL(`vectors/${name}`, import.meta.url);
}

/** `member` of each field, as espefuse's JSON has it. */
type Summary = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface RandomCase {
  readonly chip: ChipName;
  readonly virt: string;
  readonly joint: string;
  readonly summary: Summary;
}

export const checks: readonly VectorCheck[] = [
  ...EFUSE_STATES.map((state) => ({
    name: `${state} is read alike from dump, emulator file, text and JSON, and shown as espefuse shows it`,
    run: (read: ReadVector) => checkState(state, read),
  })),
  ...OLD_SUMMARIES.flatMap((state) =>
    ['v3.3.3', 'v4.12'].map((version) => ({
      name: `the summary of espefuse ${version} tells the bits of ${state}`,
      run: (read: ReadVector) => checkOldSummary(state, version, read),
    })),
  ),
  { name: 'random bits in all chips are shown as espefuse shows them', run: checkRandomChips },
];

/** A state is named after its chip. */
function chipOf(state: string): Chip {
  return CHIPS[state.slice(0, state.indexOf('-')) as ChipName];
}

async function checkState(state: string, read: ReadVector): Promise<void> {
  const chip = chipOf(state);
  const joint = await read(efuseVector(`${state}.joint.bin`));
  const json = await read(efuseVector(`${state}.summary.json`));
  const expected = JSON.parse(utf8Decode(json)) as Summary;
  const dump = parseJointDump(joint, chip);
  expectBytes(buildJointDump(dump), joint, 'the dump');
  expectSummary(dump, expected);
  expectSummary(parseEfuseFile(await read(efuseVector(`${state}.virt.bin`)), chip), expected);
  expectSummary(parseEfuseFile(await read(efuseVector(`${state}.dump.txt`)), chip), expected);
  expectSummary(parseEfuseFile(json), expected);
  expectSummary(parseEfuseFile(await read(efuseVector(`${state}.summary.txt`))), expected);
}

async function checkOldSummary(state: string, version: string, read: ReadVector): Promise<void> {
  const dump = parseEfuseFile(await read(efuseVector(`${state}.summary.${version}.txt`)));
  const bytes = await read(efuseVector(`${state}.joint.bin`));
  expectBytes(buildJointDump(dump), bytes, `what ${version} tells`);
}

async function checkRandomChips(read: ReadVector): Promise<void> {
  const cases = JSON.parse(utf8Decode(await read(efuseVector('random.json')))) as readonly RandomCase[];
  for (const { chip, virt, joint, summary } of cases) {
    const dump = parseEmulatorFile(fromHex(virt), CHIPS[chip]);
    expectSummary(dump, summary);
    expectBytes(buildJointDump(dump), fromHex(joint), `the dump of the ${chip}`);
  }
}

function expectSummary(dump: EfuseDump, expected: Summary): void {
  const entries = new Map(efuseEntries(dump).map((entry) => [entry.name, entry]));
  for (const name of new Set([...entries.keys(), ...Object.keys(expected)])) {
    for (const [member, value] of Object.entries(expected[name] ?? { name: undefined })) {
      const found = entries.get(name)?.[member as keyof EfuseEntry];
      // Descriptions are words, which differ between versions.
      if (member === 'description' || found === value) continue;
      throw new Error(`${dump.chip.name}: ${name}.${member} is ${String(found)} instead of ${String(value)}`);
    }
  }
}
