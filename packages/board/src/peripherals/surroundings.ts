import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { crc32 } from '@mkiot/core/bytes/crc32';
import type { Clock } from '@mkiot/core/clock/clock';
import type { OpenStream } from '../device/connection/byteStream.ts';
import { daughterboardSensors } from '../device/sensing/daughterboardSensors.ts';
import type { Sensor } from '../device/sensing/sensors.ts';
import { Daughterboard, DAUGHTERBOARD, type DaughterboardDescription } from './daughterboard.ts';

/** What is around the reference device: sensors to read and a radio to connect over. */
export interface BoardSurroundings {
  readonly board: Daughterboard;
  readonly sensors: readonly Sensor[];
  /** A way to the platform, over the radio of the board. */
  over(openStream: OpenStream): OpenStream;
}

/**
 * A daughterboard for a device. Boards of other names measure other values and are elsewhere; the same name, seed and
 * description are the same board again.
 */
export function boardSurroundings(
  clock: Clock,
  deviceName: string,
  description: Partial<DaughterboardDescription> = {},
): BoardSurroundings {
  const seed = (description.seed ?? 0) ^ crc32(utf8Encode(deviceName));
  const board = new Daughterboard(clock, { ...DAUGHTERBOARD, ...description, seed });
  const { i2c, uartChip, wifi } = board;
  const sensors = daughterboardSensors({ clock, i2c, uartIrq: uartChip.irq, rssi: () => wifi.rssi });
  return { board, sensors, over: (openStream) => wifi.over(openStream) };
}
