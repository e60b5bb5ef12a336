import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { macOf } from '@mkiot/esp32/audit/inputs/macAddress';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { closedLine } from '@mkiot/core/keyInstall/closedLine';
import type { OpenStream } from '../../../device/connection/byteStream.ts';
import type { DeviceEvent, Emit } from '../../../device/deviceEvents.ts';
import { DeviceIdentity } from '../../../device/identity.ts';
import { bootReferenceDevice, DEVICE_SETTINGS, type DeviceSettings } from '../../../device/referenceDevice.ts';
import type { Sensor } from '../../../device/sensing/sensors.ts';
import type { RedeemTicket, TicketHolder } from '../../../device/enrolment/ticketHolder.ts';
import { FlashOutbox } from '../flashOutbox.ts';
import type { AppWorld, Firmware } from '../firmware.ts';
import { openNvs } from '../nvs/openNvs.ts';
import { OtaSlots } from '../otaSlots.ts';
import { partitionNamed } from '../partitionNamed.ts';
import { openBelonging } from './belonging.ts';
import { countStart, NvsConfigStore, NvsTicketStore } from './chipStores.ts';
import { readFactoryEnrolment } from './factoryData.ts';
import { FactoryTicket } from './factoryTicket.ts';
import { waitInFactoryState } from './factoryState.ts';

/** The name that images of the reference device give. */
export const REFERENCE_FIRMWARE = 'reference';

const TAG = 'mkiot';
const NVS_NAMESPACE = 'mkiot';

/** What is around the chip: network and sensors. */
export interface ReferenceSurroundings {
  /** Leads to the platform that the factory data name. */
  readonly openStream: (factory: FactoryData) => OpenStream;
  /** Leads to the API there, on a port that the factory data name too: for devices that enrol themselves. */
  readonly redeem?: ((factory: FactoryData, apiPort: number) => RedeemTicket) | undefined;
  readonly sensors: (factory: FactoryData) => readonly Sensor[];
  readonly settings?: DeviceSettings | undefined;
  /** Told what happens, as it happens. Must not throw. */
  readonly onEvent: Emit;
}

/**
 * The reference device as a program of the virtual chip. Its key, config and ticket are in encrypted NVS, its unsent messages
 * in the partition `outbox`. In factory state it tells its public key on the console, and waits for key install.
 */
export function referenceFirmware(surroundings: ReferenceSurroundings): Firmware {
  return async (world, signal) => {
    const { console, hardware, flash, version, reason } = world;
    const nvs = await openNvs(world, NVS_NAMESPACE);
    const belonging = await openBelonging(world, nvs);
    const starts = await countStart(nvs);
    console.log('I', TAG, `reference firmware ${version}, start ${starts}, from ${world.running.name}`);
    if (belonging === undefined) return waitInFactoryState(world, nvs, signal);
    const { factory, keys } = belonging;
    if (belonging.installDigest !== undefined) console.log('I', TAG, closedLine(belonging.installDigest));
    console.log('I', TAG, `device ${factory.deviceName}, platform ${factory.host}:${factory.port}`);
    const outbox = partitionNamed(world, 'outbox');
    const slots = new OtaSlots(world);
    await bootReferenceDevice(
      {
        identity: new DeviceIdentity(factory.deviceName, keys),
        firmwareVersion: version,
        clock: hardware.clock,
        random: hardware.random,
        openStream: surroundings.openStream(factory),
        outboxStorage: new FlashOutbox(flash, outbox),
        configStore: new NvsConfigStore(nvs),
        ticketStore: new NvsTicketStore(nvs),
        enrolment: ticketHolder(world, factory, surroundings),
        sensors: surroundings.sensors(factory),
        settings: settingsFor(surroundings.settings ?? DEVICE_SETTINGS, outbox),
        onEvent: (event) => {
          tell(world, event);
          // Whoever reaches the platform can be updated again: the app has proved itself.
          if (event.type === 'connected') void confirm(world, slots);
          keys.heed(event);
          surroundings.onEvent(event);
        },
      },
      starts,
      reason === 'cpu' || reason === 'software' ? 'command' : 'power',
      signal,
    );
    return { kind: 'restart' };
  };
}

/** Undefined: the device has no ticket to enrol itself with. */
function ticketHolder(
  world: AppWorld,
  factory: FactoryData,
  { redeem }: ReferenceSurroundings,
): TicketHolder | undefined {
  const { offset, size } = partitionNamed(world, 'fctry');
  const enrolment = readFactoryEnrolment(world.flash.raw.read(offset, size));
  if (enrolment === undefined || redeem === undefined) return undefined;
  const mac = macOf(world.hardware.efuse.readable());
  return { tickets: new FactoryTicket(world), redeem: redeem(factory, enrolment.apiPort), mac };
}

/** The outbox may be rewritten when it is twice as long as what it holds, and each half of the partition has to take that. */
function settingsFor(settings: DeviceSettings, { size }: Partition): DeviceSettings {
  const maxBytes = Math.min(settings.outbox.maxBytes, Math.floor(size / 8));
  return { ...settings, outbox: { ...settings.outbox, maxBytes } };
}

async function confirm({ console }: AppWorld, slots: OtaSlots): Promise<void> {
  if (slots.runningState !== 'PENDING_VERIFY') return;
  try {
    await slots.confirmRunning();
    console.log('I', TAG, 'the app is confirmed: no rollback');
  } catch {
    // The power went: the next start is a new trial.
  }
}

/** What a person at the serial port wants to see. */
function tell({ console }: AppWorld, event: DeviceEvent): void {
  switch (event.type) {
    case 'connected':
      console.log('I', TAG, 'connected');
      break;
    case 'retrying':
      console.log('W', TAG, `no session (${event.error.code}), next try in ${event.delayMs} ms`);
      break;
    case 'enrolled':
      console.log('I', TAG, `enrolled as device ${event.deviceNumId}`);
      break;
    case 'enrolmentRefused':
      console.log('W', TAG, event.error.message);
      break;
    case 'configApplied':
      console.log('I', TAG, `config of ${event.bytes} bytes applied`);
      break;
    case 'command':
      console.log('I', TAG, `command ${event.command}`);
      break;
    default:
  }
}
