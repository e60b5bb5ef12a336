import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import type { VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { gapsTo } from '@mkiot/esp32/plan/goal';
import type { FlashEncryptionWay } from '@mkiot/esp32/plan/plan';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import type { Job } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitBook } from '@mkiot/esp32/station/unitBook';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import { type ProvisioningBench, provisioningBench } from '@mkiot/server/provisioning/provisioning.testing';
import { deviceName } from '@mkiot/server/registry/registry.testing';
import assert from 'node:assert/strict';
import { MOMENT_KINDS, type Moment, PowerCut } from './powerCut.ts';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf, starts } from './stationJob.ts';
import { registerAt, registrationBy } from './stationRegistration.ts';

/** What is provisioned, and how often it is cut. */
export interface CutPlan {
  readonly name: VirtualChipName;
  readonly profile: ProfileName | undefined;
  readonly encryption: FlashEncryptionWay;
  /** At each a new chip is cut once, spread evenly over the run. */
  readonly cuts: number;
}

/** Chips on which a cut has burned half of a key of their own. */
const UNUSABLE: ReadonlySet<string> = new Set(['UNIT_FLASH_KEY_HALF']);

/**
 * Provisions chips whose power is cut at some moment, and then again. Each is a registered and locked device afterwards that
 * starts with the keys that its platform knows, or its second run says why it is of no use.
 *
 * @returns how many were cut, and where those were cut that are of no use
 */
export async function cutEverywhere(
  plan: CutPlan,
): Promise<{ readonly cuts: number; readonly unusable: readonly string[] }> {
  await using server = await provisioningBench();
  const station = await server.enrolStation({ maxDevices: 10_000 });
  const { name, profile, encryption } = plan;
  const named = ({ mac }: { readonly mac: string }) => deviceName(`unit-${mac.replaceAll(':', '')}`);
  const registration = { ...registrationBy(station), deviceName: named };
  const line: Line = { name, server, job: await jobFor(name, profile, { registration }, encryption) };
  const uncut = new PowerCut();
  await cutRun(line, { unit: 0, cut: uncut, book: memoryUnitBook(), flashCells: erasedFlash(0x400000) });
  const moments = momentsOf(uncut, plan.cuts);
  const unusable: string[] = [];
  for (const [index, moment] of moments.entries()) {
    const place = `${moment.kind} ${moment.number} of ${uncut.counts[moment.kind]}`;
    const end = await runWithCut(line, index + 1, moment).catch((error: unknown) => {
      throw new Error(`cut at ${place}`, { cause: error });
    });
    if (end === 'unusable') unusable.push(place);
  }
  return { cuts: moments.length, unusable };
}

interface Line {
  readonly name: VirtualChipName;
  readonly job: Job;
  readonly server: ProvisioningBench;
}

interface Attempt {
  readonly unit: number;
  readonly cut: PowerCut;
  readonly book: UnitBook;
  readonly flashCells: Uint8Array<ArrayBuffer>;
  readonly before?: StationBench;
}

/** Spread evenly over each kind. */
function momentsOf({ counts }: PowerCut, wanted: number): readonly Moment[] {
  const each = Math.ceil(wanted / MOMENT_KINDS.length);
  return MOMENT_KINDS.flatMap((kind) => {
    const cuts = Math.min(each, counts[kind]);
    return Array.from({ length: cuts }, (_, cut) => ({
      kind,
      number: Math.floor(((cut + 0.5) / cuts) * counts[kind]),
    }));
  });
}

/** A run that is cut, and one that is not: the second ends well, or says why the chip is of no use. */
async function runWithCut(line: Line, unit: number, moment: Moment): Promise<'done' | 'unusable'> {
  const attempt = { unit, book: memoryUnitBook(), flashCells: erasedFlash(0x400000) };
  const first = await cutRun(line, { ...attempt, cut: new PowerCut(moment) });
  let second = await cutRun(line, { ...attempt, cut: new PowerCut(), before: first.bench });
  // Virtual time flies while a busy machine computes a signature for the chip: then a person repeats the command, too.
  const isSilent = second.error instanceof MkiotError && second.error.code === 'LOADER_SILENT';
  if (isSilent) second = await cutRun(line, { ...attempt, cut: new PowerCut(), before: second.bench });
  const { error, result, bench } = second;
  if (error instanceof MkiotError && UNUSABLE.has(error.code)) return 'unusable';
  if (result === undefined) throw new Error('the second run failed', { cause: error });
  const { security } = line.job;
  assert.deepEqual(security && gapsTo(security.profile, bench.chip.efuses.trueBits()), security && []);
  const device = await line.server.devices.get(deviceName(`unit-${result.mac.replaceAll(':', '')}`));
  assert.deepEqual(
    device.credentials.map(({ pem }) => pem),
    result.device?.publicKeys,
  );
  const { installed } = await attempt.book.findPage(result.mac);
  const again = new StationBench(line.name, {
    firmwares: FIRMWARES,
    flashCells: attempt.flashCells,
    efuses: bench.chip.efuses.trueBits(),
  });
  await starts(again, new RegExp(`key install closed, ${installed?.digest}`));
  await again.chip.powerOff();
  return 'done';
}

async function cutRun(
  { name, job, server }: Line,
  { unit, cut, book, flashCells, before }: Attempt,
): Promise<{ readonly bench: StationBench; readonly result?: UnitResult; readonly error?: unknown }> {
  const mac = Uint8Array.of(0x24, 0x0a, 0xc4, 0, unit >> 8, unit & 0xff);
  const seed = 2 * unit + Number(before !== undefined);
  const bench = new StationBench(name, {
    firmwares: FIRMWARES,
    flashCells,
    mac,
    random: seededRandom(0x10000 + seed),
    faults: cut.faults,
    ...(before && { efuses: before.chip.efuses.trueBits() }),
  });
  const ports = portsOf(bench, { book, random: seededRandom(seed), register: registerAt(server) });
  try {
    return { bench, result: await bench.inTime(provisionUnit(job, cut.ports(bench, ports))) };
  } catch (error) {
    return { bench, error };
  } finally {
    await bench.chip.powerOff();
  }
}
