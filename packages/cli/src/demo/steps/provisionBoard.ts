import { REFERENCE_FIRMWARE, referenceFirmware } from '@mkiot/board/chip/app/reference/referenceFirmware';
import { REFERENCE_FLASH_BYTES, referenceFlash } from '@mkiot/board/chip/app/reference/referenceFlash';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { ESP32_MODEL } from '@mkiot/board/chip/models/esp32Model';
import { ChipSerialPort } from '@mkiot/board/chip/serial/chipSerialPort';
import { VirtualChip } from '@mkiot/board/chip/virtualChip';
import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { tlsOpener } from '@mkiot/board/node/tlsStream';
import type { ApiClient } from '@mkiot/core/api/client';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { severityRank } from '@mkiot/esp32/audit/audit';
import { findingCounts } from '@mkiot/esp32/audit/report/findingCounts';
import { PRODUCTION } from '@mkiot/esp32/plan/profiles/production';
import { burnSteps } from '@mkiot/esp32/plan/plan';
import type { Job, StationEvent } from '@mkiot/esp32/station/job';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { benchPorts } from '../../commands/provision/stationPorts.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { nodeSigner } from '../../runtime/nodeSigner.ts';
import { demoError, expectEqual } from '../demoErrors.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import { Trace } from '../trace.ts';
import type { DemoStation } from './enrolStation.ts';

const { chip } = ESP32_MODEL;
const FIRMWARE_VERSION = '0.1.0';

/**
 * Takes a blank virtual ESP32 through the provisioning station with the profile `production`, and waits until it is connected.
 * Then it is switched off.
 */
export async function provisionBoardStep(
  tell: Tell,
  provisioner: ApiClient,
  registry: RegistryName,
  bench: DemoStation,
  ports: DemoPorts,
): Promise<void> {
  const { clock, random } = ports;
  const events = new Trace<DeviceEvent>(ports);
  const cells = erasedFlash(REFERENCE_FLASH_BYTES);
  const board = new VirtualChip({
    model: ESP32_MODEL,
    flashCells: cells,
    efuses: factoryEfuses(ESP32_MODEL, Uint8Array.of(0x24, 0x0a, 0xc4, ...random(new Uint8Array(3)))),
    clock,
    random,
    aes: nodeAes,
    firmwares: {
      [REFERENCE_FIRMWARE]: referenceFirmware({
        openStream: (factory) => tlsOpener(factory, clock),
        sensors: () => [],
        onEvent: (event) => events.add(event),
      }),
    },
  });
  board.powerOn();
  try {
    const result = await provisionUnit(await jobFor(registry, bench), {
      // A demo that is cut is not repeated: nothing has to outlive it.
      ...benchPorts({ bookFolder: undefined }, { ports }),
      serial: new ChipSerialPort(board),
      confirm: (unit, plan) => {
        tell(
          `a person would type ${unit.mac} to agree to ${burnSteps(plan).length} burns, rehearsed on a virtual chip`,
        );
        return Promise.resolve();
      },
      register: (record) => register(provisioner, record),
      onProgress: (event) => tellEvent(tell, event),
    });
    tellAudits(tell, result.audits);
    await events.first('The connection of board B', 0, ({ type }) => type === 'connected');
    tell(`connected as ${result.device?.name}, by the key that it made`);
  } finally {
    await board.powerOff();
  }
  const isPlain = new TextDecoder('latin1').decode(cells).includes('device-key');
  if (isPlain) throw demoError('DEMO_OTHERWISE', { what: 'The flash of board B', found: 'plain', expected: 'noise' });
}

async function jobFor(registry: RegistryName, { platform, station }: DemoStation): Promise<Job> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  const parts = await referenceFlash(chip, FIRMWARE_VERSION, { flashEncryption: 'release' });
  return {
    firmware: parts.map(({ offset, bytes }) => ({ name: `part at ${offset}`, offset, bytes })),
    firmwareChip: chip.name,
    mac: undefined,
    mayBeUsed: false,
    baud: 921_600,
    security: { profile: PRODUCTION, signer: nodeSigner(privateKey.export({ type: 'pkcs8', format: 'pem' })) },
    registration: {
      deviceName: ({ mac }) => ({ ...registry, device: `board-b-${mac.replaceAll(':', '')}` }),
      platform,
      station,
      keyCount: 1,
      keysMadeBy: 'device',
      keyExpiriesMs: [],
    },
  };
}

async function register(provisioner: ApiClient, record: SignedUnitRecord): Promise<'registered'> {
  for await (const { code, message } of provisioner.provisioning.register([record])) {
    if (code !== undefined)
      throw demoError('DEMO_OTHERWISE', { what: 'The record', found: `${message}`, expected: 'taken' });
  }
  return 'registered';
}

function tellEvent(tell: Tell, event: StationEvent): void {
  if (event.type === 'step') tell(`${(event.atMs / 1_000).toFixed(2)} s  ${event.step}: ${event.detail}`);
}

/** What is left may be the silicon's and the firmware's; nothing of it is open any more. */
function tellAudits(tell: Tell, { before, after }: UnitResult['audits']): void {
  const left = after.devices.flatMap(({ findings }) => findings);
  const worst = left.filter(({ severity }) => severityRank(severity) >= severityRank('high'));
  expectEqual('Findings at high or above on board B', worst.map(({ ruleId }) => ruleId).join(', '), '');
  tell(`audit before: grade ${before.grade}, ${findingCounts(before)}`, 'red');
  tell(`audit after: grade ${after.grade}, ${findingCounts(after)}`, 'green');
  for (const { severity, title } of left) if (severity !== 'info') tell(`  ${severity}: ${title}`);
}
