import { systemClock } from '@mkiot/core/clock/systemClock';
import { delay } from '@mkiot/core/clock/clock';
import { join } from 'node:path';
import type { DeviceEvent } from '../device/deviceEvents.ts';
import { readDeviceName } from '../device/identity.ts';
import { type BoardOptions, runBoard } from './nodeDevice.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';

export interface FleetOptions extends Omit<BoardOptions, 'deviceName' | 'onEvent'> {
  /** Holds a folder for each board, named after the device id. */
  readonly folder: string;
  readonly deviceNames: readonly string[];
  /** The boards start evenly spread over this many milliseconds, so that they do not all log in at once. */
  readonly startSpreadMs: number;
  readonly onEvent: (deviceName: string, event: DeviceEvent) => void;
}

/** Folder of one board of a fleet, for `createDeviceKey`. @throws `DEVICE_NAME_INVALID` */
export function fleetBoardFolder(fleetFolder: string, deviceName: string): string {
  return join(fleetFolder, readDeviceName(deviceName).device);
}

/**
 * Runs many reference devices in this process until `signal` is aborted. If one of them cannot start, all end and its
 * error is thrown: see {@link runBoard}.
 */
export async function runFleet(options: FleetOptions): Promise<void> {
  const { deviceNames, startSpreadMs, folder, signal, onEvent } = options;
  const clock = options.clock ?? systemClock;
  checkUnique(deviceNames);
  const failed = new AbortController();
  const end = AbortSignal.any([signal, failed.signal]);
  const boards = deviceNames.map(async (deviceName, index) => {
    await delay(clock, (startSpreadMs * index) / deviceNames.length, end);
    if (end.aborted) return;
    await runBoard({
      ...options,
      folder: fleetBoardFolder(folder, deviceName),
      deviceName,
      signal: end,
      onEvent: (event) => onEvent(deviceName, event),
    });
  });
  try {
    await Promise.all(boards);
  } finally {
    failed.abort();
    await Promise.allSettled(boards);
  }
}

function checkUnique(deviceNames: readonly string[]): void {
  const seen = new Set<string>();
  for (const { device } of deviceNames.map(readDeviceName)) {
    if (seen.has(device)) throw nodeBoardError('FLEET_DEVICE_TWICE', { device });
    seen.add(device);
  }
}
