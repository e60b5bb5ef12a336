import { toHex } from '@mkiot/core/bytes/bytes';
import { delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { sha256 } from '../bytes/sha256.ts';
import type { AuditReport } from '../audit/report/auditReport.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { makePlan } from '../plan/makePlan.ts';
import { burnSteps, type Plan, type PlanStep } from '../plan/plan.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import { keyDigest } from '../secureBoot/blockKey.ts';
import { connectLoader, resetToFlash, ROM_BAUD } from '../serial/connectLoader.ts';
import { identifyChip } from '../serial/identifyChip.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { type FlashPiece, writeFlash } from '../serial/writeFlash.ts';
import { auditUnit } from './auditUnit.ts';
import { type BurnKeys, burnLastStep, burnStep } from './burnStep.ts';
import { checkUnit } from './checkUnit.ts';
import type { Job, Security, StationPorts } from './job.ts';
import { checkParts, encryptParts, signParts } from './prepareFirmware.ts';
import { resumeKeys } from './resumeKeys.ts';
import { stationError } from './stationErrors.ts';
import { identifyUnit, type Unit } from './unit.ts';
import type { UnitResult } from './unitResult.ts';

/** The burns up to here make the flash readable for the chip; what follows needs the firmware to be there. */
const WRITE_STEP = 'write-flash';
/** After it the loader answers no more, or nothing but writing flash. */
const LAST_STEP = 'close-loader';

const START_MS = 2_000;

/**
 * Takes one unit from its loader to its firmware. A run that was cut is repeated with the same job: what is burned already is
 * not burned again, and nothing is burned that has not been rehearsed.
 *
 * @throws a `stationError` where it does not go on, and as the serial client
 */
export async function provisionUnit(job: Job, ports: StationPorts): Promise<UnitResult> {
  const { clock, serial } = ports;
  const startedMs = clock.monotonic();
  const begun: { step: string; atMs: number }[] = [];
  const tell = (step: string, detail: string): void => {
    const atMs = clock.monotonic() - startedMs;
    if (begun.at(-1)?.step !== step) begun.push({ step, atMs });
    ports.onProgress({ type: 'step', step, detail, atMs });
  };
  const audit = async (when: 'before' | 'after', state: EfuseDump): Promise<AuditReport> => {
    const report = await auditUnit(mac, state, { nowMs: clock.now(), tool: ports.tool });
    ports.onProgress({ type: 'audit', when, report });
    return report;
  };
  tell('detect', 'Looking for a chip at the port');
  const loader = await connectLoader(serial, clock);
  const unit = await identifyUnit(loader);
  const { chip, mac, flashBytes, efuses } = unit;
  tell('identify', `${chip.label}, MAC ${mac}, ${flashBytes / 0x100000} MB of flash`);
  ports.onProgress({ type: 'unit', unit });
  const before = await audit('before', efuses);
  const { security, firmwareChip, mayBeUsed } = job;
  const foundKey = security && (await ports.book.findKeys(mac)).flash;
  const hasFlashKey = foundKey !== undefined;
  checkUnit(unit, { mac: job.mac, chip: firmwareChip, mayBeUsed: mayBeUsed || hasFlashKey, hasFlashKey });
  checkParts(job.firmware, flashBytes);
  await setBaud(loader, job.baud);
  let last = efuses;
  let burned: readonly string[] = [];
  let pieces: readonly FlashPiece[];
  if (security === undefined) {
    pieces = job.firmware.map(({ offset, bytes }) => ({ address: offset, bytes }));
    await writeAll(loader, unit, pieces, ports, tell);
  } else {
    const secured = await secure(loader, unit, { job, security, foundKey }, ports, tell);
    ({ last, burned, pieces } = secured);
  }
  tell('run', serial.hasLines ? 'Starting the firmware' : 'Press reset on the board to start the firmware');
  await serial.setBaud(ROM_BAUD);
  await resetToFlash(serial, clock);
  const after = await audit('after', last);
  const durationMs = clock.monotonic() - startedMs;
  const result: UnitResult = {
    mac,
    chip: chip.name,
    profile: security?.profile.name,
    efuseDigest: toHex(sha256(concat(last))),
    burned,
    writtenBytes: pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
    device: undefined,
    audits: { before, after },
    steps: begun.map(({ step, atMs }, index) => ({ step, durationMs: (begun[index + 1]?.atMs ?? durationMs) - atMs })),
    durationMs,
  };
  await ports.book.keepPage(mac, { ...(await ports.book.findPage(mac)), result });
  return result;
}

type Tell = (step: string, detail: string) => void;

interface SecuredJob {
  readonly job: Job;
  readonly security: Security;
  /** Of an earlier run. */
  readonly foundKey: Uint8Array<ArrayBuffer> | undefined;
}

interface Secured {
  readonly last: EfuseDump;
  readonly burned: readonly string[];
  readonly pieces: readonly FlashPiece[];
}

/** Firmware that is encrypted on the host, and the burns of the profile's plan around it. */
async function secure(
  loader: RomLoader,
  unit: Unit,
  { job, security, foundKey }: SecuredJob,
  ports: StationPorts,
  tell: Tell,
): Promise<Secured> {
  const { profile, signer } = security;
  const isResumed = foundKey !== undefined;
  const flashKey = foundKey ?? ports.random(new Uint8Array(flashKeyBytes(unit)));
  const keys = await burnKeys(unit, flashKey, signer);
  if (profile.secureBoot && signer === undefined) {
    throw stationError('STATION_SIGNING_KEY_MISSING', { profile: profile.name });
  }
  const current = await resumeKeys(loader, unit.efuses, keys, isResumed);
  const plan = makePlan({ chip: unit.chip, profile, current });
  tell('prepare', signer === undefined ? 'Encrypting the firmware' : 'Signing and encrypting the firmware');
  const signed = signer === undefined ? job.firmware : await signParts(job.firmware, unit.chip, signer);
  checkParts(signed, unit.flashBytes);
  const pieces = await encryptParts(signed, unit.chip, flashKey, ports.aes);
  const steps = burnSteps(plan);
  if (steps.length === 0) {
    tell('burn', `Nothing is left to burn for the profile ${profile.name}`);
    return { last: current, burned: [], pieces: [] };
  }
  tell('rehearse', `${steps.length} burns on a virtual chip in the state of this one`);
  await ports.rehearse(current, async (virtual) => void (await burnAll(virtual, current, steps, keys, () => {})));
  await ports.confirm(unit, plan);
  if (!isResumed) await ports.book.keepKeys(unit.mac, { flash: flashKey });
  const { early, late, writes } = splitAtWrite(plan);
  const onBurn = (step: PlanStep): void => tell('burn', `${step.id}: ${step.does}`);
  const marked = await burnAll(loader, current, early, keys, onBurn);
  if (writes) await writeAll(loader, unit, pieces, ports, tell);
  const last = await burnAll(loader, marked, late, keys, onBurn);
  if (late.some(({ id }) => id === LAST_STEP)) await checkClosed(ports);
  return { last, burned: steps.map(({ id }) => id), pieces: writes ? pieces : [] };
}

async function burnKeys(
  unit: Unit,
  flashKey: Uint8Array<ArrayBuffer>,
  signer: SecureBootSigner | undefined,
): Promise<BurnKeys> {
  const expected = flashKeyBytes(unit);
  if (flashKey.length !== expected) throw stationError('STATION_KEY_LENGTH', { expected, found: flashKey.length });
  const digestBlock = signer === undefined ? undefined : await keyDigest(signer.publicKey);
  return { flashKeyBlock: flashKey.toReversed(), digestBlock };
}

/** As long as its block, which coding scheme 3/4 of the ESP32 makes shorter. */
function flashKeyBytes({ chip, efuses }: Unit): number {
  return chip.flashEncryption.algorithm === 'tweaked-key' ? (efuses.blocks[1]?.length ?? 0) : 32;
}

function splitAtWrite({ steps }: Plan): {
  readonly early: readonly PlanStep[];
  readonly late: readonly PlanStep[];
  readonly writes: boolean;
} {
  const at = steps.findIndex(({ id }) => id === WRITE_STEP);
  const isBurn = ({ burns }: PlanStep): boolean => burns.length > 0;
  return {
    early: steps.slice(0, Math.max(0, at)).filter(isBurn),
    late: steps.slice(at + 1).filter(isBurn),
    writes: at >= 0,
  };
}

/** @returns the eFuses as they could last be read */
async function burnAll(
  loader: RomLoader,
  before: EfuseDump,
  steps: readonly PlanStep[],
  keys: BurnKeys,
  onBurn: (step: PlanStep) => void,
): Promise<EfuseDump> {
  let state = before;
  for (const step of steps) {
    onBurn(step);
    if (step.id === LAST_STEP) await burnLastStep(loader, state, step);
    else state = await burnStep(loader, state, step, keys);
  }
  return state;
}

async function writeAll(
  loader: RomLoader,
  unit: Unit,
  pieces: readonly FlashPiece[],
  { onProgress }: StationPorts,
  tell: Tell,
): Promise<void> {
  for (const piece of pieces) {
    tell('flash', `${piece.bytes.length} bytes at ${toHexOffset(piece.address)}, verified by their digest`);
    await writeFlash(loader, unit.chip, piece, (done, total) =>
      onProgress({ type: 'progress', step: 'flash', done, total }),
    );
  }
}

/**
 * A chip whose loader was closed says that it is in secure download mode, or starts its firmware whatever the lines say.
 *
 * @throws `UNIT_STILL_OPEN`; `LOADER_SILENT` where it says nothing at all, as without power
 */
async function checkClosed({ serial, clock }: StationPorts): Promise<void> {
  if (!serial.hasLines) return;
  try {
    const { isSecureDownload } = await identifyChip(await connectLoader(serial, clock));
    if (isSecureDownload) return;
  } catch (error) {
    const isSilent = error instanceof MkiotError && error.code === 'LOADER_SILENT';
    if (!isSilent || !(await startsFromFlash({ serial, clock }))) throw error;
    return;
  }
  throw stationError('UNIT_STILL_OPEN');
}

/** The ROM prints a line at each start. */
async function startsFromFlash({ serial, clock }: Pick<StationPorts, 'serial' | 'clock'>): Promise<boolean> {
  const heard = new AbortController();
  await serial.setBaud(ROM_BAUD);
  serial.onBytes = () => heard.abort();
  await resetToFlash(serial, clock);
  await delay(clock, START_MS, heard.signal);
  return heard.signal.aborted;
}

async function setBaud(loader: RomLoader, baud: number): Promise<void> {
  if (baud !== ROM_BAUD) await loader.changeBaudrate(baud);
}

function concat({ blocks }: EfuseDump): Uint8Array {
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}
