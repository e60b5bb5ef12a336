import type { Sensor } from './sensors.ts';

/** A quantity that swings with a period and has noise on it. */
interface Swing {
  readonly name: string;
  readonly unit: string;
  readonly middle: number;
  /** Half the way from its lowest to its highest, without noise. */
  readonly amplitude: number;
  readonly periodMs: number;
  /** Where in its period it is highest, from 0 to 1. */
  readonly peak: number;
  readonly noise: number;
  /** Noise wanders from one value to another in this time. */
  readonly noiseMs: number;
  /** What a reading is a multiple of. */
  readonly resolution: number;
}

const HOUR_MS = 3_600_000;

/** A room with a window, and a battery on a small solar panel. */
const SWINGS: readonly Swing[] = [
  {
    name: 'temperature',
    unit: 'Cel',
    middle: 21,
    amplitude: 4,
    periodMs: 24 * HOUR_MS,
    peak: 15 / 24,
    noise: 0.4,
    noiseMs: 60_000,
    resolution: 0.01,
  },
  {
    name: 'humidity',
    unit: '%',
    middle: 50,
    amplitude: 15,
    periodMs: 24 * HOUR_MS,
    peak: 4 / 24,
    noise: 2,
    noiseMs: 90_000,
    resolution: 0.1,
  },
  {
    name: 'battery',
    unit: 'V',
    middle: 3.9,
    amplitude: 0.2,
    periodMs: 24 * HOUR_MS,
    peak: 17 / 24,
    noise: 0.01,
    noiseMs: 5_000,
    resolution: 0.001,
  },
];

/**
 * Sensors of a virtual board. What they read depends on `seed` and time alone: the same board reads the same values
 * however often it is asked, two boards with different seeds differ.
 */
export function simulatedSensors(seed: number): readonly Sensor[] {
  return SWINGS.map((swing, index) => ({
    name: swing.name,
    unit: swing.unit,
    read: (nowMs) => readSwing(swing, mixBits(seed ^ mixBits(index + 1)), nowMs),
  }));
}

function readSwing(swing: Swing, seed: number, nowMs: number): number {
  const swung = Math.cos(2 * Math.PI * (nowMs / swing.periodMs - swing.peak));
  const value = swing.middle + swing.amplitude * swung + swing.noise * noiseAt(seed, nowMs / swing.noiseMs);
  const steps = Math.round(value / swing.resolution);
  // Dividing by the whole number 1/resolution gives 21.37; multiplying by 0.01 gives 21.370000000000001.
  return steps / Math.round(1 / swing.resolution);
}

/** Value noise: random values from -1 to 1 at whole numbers, joined by straight lines. */
function noiseAt(seed: number, position: number): number {
  const start = Math.floor(position);
  const from = randomAt(seed, start);
  const to = randomAt(seed, start + 1);
  return from + (to - from) * (position - start);
}

function randomAt(seed: number, index: number): number {
  return (mixBits(seed ^ mixBits(index % 2 ** 32)) / 2 ** 32) * 2 - 1;
}

/** A bijective mixer of 32-bit numbers with the constants of lowbias32, so that neighbours become unrelated. */
function mixBits(number: number): number {
  let bits = number >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
