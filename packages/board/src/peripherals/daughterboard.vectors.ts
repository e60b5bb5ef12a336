import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { expectEqual, type VectorCheck } from '@mkiot/esp32/vectors.testing';
import { passTime } from './passTime.testing.ts';
import { boardSurroundings } from './surroundings.ts';

/** What the board of this name and seed measures two seconds after it got power. */
const MEASURED: Readonly<Record<string, number>> = {
  temperature: 24.2,
  humidity: 43.4,
  battery: 4.08991,
  used: 0.085,
  rssi: -61,
  latitude: 36.48039,
  longitude: 136.57502,
  altitude: 59.83,
  speed: 0.834,
  accuracy: 2.5,
};

/** The whole way of a reading, through registers, FIFOs, lines and drivers, gives the same wherever it runs. */
export const checks: readonly VectorCheck[] = [
  {
    name: 'a daughterboard measures the same for the same name and seed, in Node and in a page',
    async run() {
      const clock = new VirtualClock(Date.UTC(2026, 10, 23, 12));
      const { sensors } = boardSurroundings(clock, 'pump-1', { seed: 7 });
      await passTime(clock, new Promise<void>((resolve) => void clock.setTimer(2_000, resolve)));
      for (const { name, read } of sensors) {
        const value = Number((await passTime(clock, Promise.resolve(read(clock.now())))).toFixed(5));
        expectEqual(value, MEASURED[name], name);
      }
    },
  },
];
