import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { CURRENTS_MA } from './currents.ts';
import { EnergyMeter } from './energyMeter.ts';

/** How long a mode lasts, in milliseconds. */
export type Phase = readonly [mode: keyof typeof CURRENTS_MA, durationMs: number];

/** From deep sleep to an address: start-up 270 ms (measured by T. von Eicken, 2018), association and DHCP. */
const WAKE_AND_JOIN: readonly Phase[] = [
  ['processor', 270],
  ['wifiReceive', 480],
  ['wifiTransmit', 20],
];

/** CONNECT, CONNACK, PUBLISH, PUBACK, DISCONNECT: two round trips of 40 ms, some packets of 1 ms. */
const ONE_READING_BY_MQTT: readonly Phase[] = [
  ['wifiReceive', 80],
  ['wifiTransmit', 5],
];

/**
 * The ways of one reading to the cloud, from deep sleep and back. The times of handshakes are typical of mbedTLS with P-256 on
 * an ESP32 at 240 MHz, the radio on: a full one checks two signatures and agrees on a key, a resumed one does neither.
 */
export const TRANSMISSIONS: Readonly<Record<'tlsFull' | 'tlsResumed' | 'sigfox', readonly Phase[]>> = {
  tlsFull: [...WAKE_AND_JOIN, ['wifiReceive', 900], ['wifiTransmit', 8], ...ONE_READING_BY_MQTT],
  tlsResumed: [...WAKE_AND_JOIN, ['wifiReceive', 120], ['wifiTransmit', 3], ...ONE_READING_BY_MQTT],
  /** 26 bytes on the air at 600 bit/s, three times, half a second apart. */
  sigfox: [
    ['processor', 270],
    ['sigfoxTransmit', 3 * 347],
    ['sigfoxSleep', 2 * 500],
  ],
};

/** What one reading costs, in milliampere-hours: the phases are lived through with a meter on a clock of their own. */
export function mahOfTransmission(phases: readonly Phase[]): number {
  const clock = new VirtualClock();
  const meter = new EnergyMeter(clock);
  const load = meter.load('board');
  for (const [mode, durationMs] of phases) {
    load.set(CURRENTS_MA[mode]);
    clock.advance(durationMs);
  }
  return meter.usedMah;
}
