import { toHex } from '@mkiot/core/bytes/bytes';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { encodeFactoryData, type FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { type ChallengeSource, installKeys, type ProvenUnit } from '@mkiot/core/keyInstall/keyInstaller';
import { installedBytes } from '@mkiot/core/keyInstall/requests';
import { p256PointOf } from '@mkiot/core/provisioning/p256PublicKey';
import { readSignedRecord, signUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { encodeUnitFacts, type UnitFacts, type UnitRecord } from '@mkiot/core/provisioning/unitRecord';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { loaderError } from '../serial/loaderErrors.ts';
import { DeviceConsole } from './deviceConsole.ts';
import type { Registration } from './registration.ts';
import { stationError } from './stationErrors.ts';
import type { InstalledUnit } from './unitBook.ts';
import { unitFacts } from './unitFacts.ts';
import type { UnitRun } from './unitRun.ts';

/** How often the firmware is started before the station gives up: a line may bend what it prints. */
const STARTS = 3;

/** After these nothing is stored on the device, or its next start tells. */
const WORTH_A_START: ReadonlySet<string> = new Set([
  'KEY_INSTALL_NO_ANSWER',
  'KEY_INSTALL_UNCONFIRMED',
  'KEY_INSTALL_KEY_DIFFERS',
]);

/**
 * Starts the firmware and sees to it that the unit has its keys and the book its signed record. A unit that has its keys from
 * an earlier run is known by the digest that it prints, and keeps them.
 *
 * @param efuses as they were read last
 * @throws `KEY_INSTALL_…`, `UNIT_KEYS_UNKNOWN`, `UNIT_INSTALLED_OTHERWISE`, `UNIT_EXCHANGED`, `LOADER_PORT_CLOSED`
 */
export async function installUnit(run: UnitRun, registration: Registration, efuses: EfuseDump): Promise<InstalledUnit> {
  let unknown: string | undefined;
  for (let start = 1; ; start++) {
    using console = await DeviceConsole.start(run.ports);
    try {
      return await install(run, registration, efuses, console);
    } catch (error) {
      if (run.ports.serial.closed.aborted) throw loaderError('LOADER_PORT_CLOSED', { doing: 'to install keys' });
      const digest = console.closedDigest;
      const { installed } = run.page;
      if (digest !== undefined && digest === installed?.digest) {
        await checkSame(run, registration, installed);
        return installed;
      }
      // One reading may be bent; two are not bent alike.
      const isSure = digest !== undefined && (digest === unknown || start === STARTS);
      if (isSure) throw stationError('UNIT_KEYS_UNKNOWN', { digest });
      unknown = digest;
      const isWorthAnother = error instanceof MkiotError && WORTH_A_START.has(error.code);
      if (digest === undefined && (!isWorthAnother || start === STARTS)) throw error;
    }
  }
}

async function install(
  run: UnitRun,
  registration: Registration,
  efuses: EfuseDump,
  line: DeviceConsole,
): Promise<InstalledUnit> {
  const { clock, random, crypto } = run.ports;
  const { platform, keyCount, keysMadeBy: madeBy } = registration;
  let facts: UnitFacts | undefined;
  let installed: InstalledUnit | undefined;
  await installKeys({
    line,
    clock,
    random,
    crypto,
    signal: line.ended,
    factory: factoryData(run, registration),
    bridgeId: platform.bridgeId,
    keyCount,
    madeBy,
    async challengeOf(source: ChallengeSource) {
      facts = unitFacts(run, registration, efuses, source);
      return crypto.sha256(encodeUnitFacts(facts));
    },
    async onProven({ keys, digest }: ProvenUnit) {
      if (facts === undefined) throw new TypeError('proofs without facts');
      const proven = facts.keys.map((key, at) => ({ ...key, proof: keys[at]?.proof ?? new Uint8Array() }));
      installed = { digest, record: await signUnitRecord({ ...facts, keys: proven }, registration.station.key) };
      await run.keep({ installed, registered: undefined });
    },
  });
  if (installed === undefined) throw new TypeError('an install without proofs');
  return installed;
}

function factoryData({ unit }: UnitRun, { platform, deviceName }: Registration): FactoryData {
  const { host, port, caPem } = platform;
  return { deviceName: formatDeviceName(deviceName(unit)), host, port, caPem };
}

/** @throws `UNIT_INSTALLED_OTHERWISE` where the unit was told of another name or platform than the job has */
async function checkSame(run: UnitRun, registration: Registration, installed: InstalledUnit): Promise<void> {
  const { device, keys } = recordOf(installed);
  const points = keys.map(({ publicKey }) => p256PointOf(publicKey));
  const facts = encodeFactoryData(factoryData(run, registration));
  const digest = toHex(await run.ports.crypto.sha256(installedBytes(points, facts)));
  if (digest === installed.digest) return;
  const { host } = registration.platform;
  const wanted = formatDeviceName(registration.deviceName(run.unit));
  throw stationError('UNIT_INSTALLED_OTHERWISE', { device: formatDeviceName(device), wanted, host });
}

/** The record of a unit, as this station has signed it. @throws `UNIT_RECORD_…` where the book was damaged */
export function recordOf({ record }: InstalledUnit): UnitRecord {
  const decoded = readSignedRecord(record);
  if (decoded instanceof MkiotError) throw decoded;
  return decoded;
}
