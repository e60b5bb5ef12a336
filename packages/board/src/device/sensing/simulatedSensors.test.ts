import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simulatedSensors } from './simulatedSensors.ts';

const DAY_MS = 86_400_000;
const start = Date.UTC(2026, 5, 1);

function series(seed: number): number[][] {
  return simulatedSensors(seed).map(({ read }) =>
    Array.from({ length: 288 }, (_, index) => Number(read(start + index * 300_000))),
  );
}

test('the same seed and time give the same values, however often they are asked', () => {
  assert.deepEqual(series(1), series(1));
  const [sensor] = simulatedSensors(1);
  assert.equal(sensor?.read(start), sensor?.read(start));
});

test('boards with different seeds read different values', () => {
  assert.notDeepEqual(series(1), series(2));
});

test('values stay in the range of their sensor at any time, a wrong clock included', () => {
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    temperature: [16, 26],
    humidity: [30, 70],
    battery: [3.6, 4.2],
  };
  fc.assert(
    fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.nat(), (nowMs, seed) => {
      for (const { name, read } of simulatedSensors(seed)) {
        const [min, max] = ranges[name]!;
        const value = Number(read(nowMs));
        assert.ok(value >= min && value <= max, `${name} ${value}`);
      }
    }),
  );
});

test('a day is warmest in the afternoon, and readings next to each other differ little', () => {
  const temperature = simulatedSensors(3).find(({ name }) => name === 'temperature')!;
  const values = Array.from({ length: 24 }, (_, hour) => Number(temperature.read(start + (hour * DAY_MS) / 24)));
  const warmest = values.indexOf(Math.max(...values));
  assert.ok(warmest >= 13 && warmest <= 17, `warmest at ${warmest}`);
  for (let second = 0; second < 3_600; second++) {
    const [now, next] = [temperature.read(start + second * 1_000), temperature.read(start + (second + 1) * 1_000)];
    assert.ok(Math.abs(Number(next) - Number(now)) < 0.1);
  }
});

test('values are multiples of what the sensor resolves, without digits of the binary kind', () => {
  for (const value of series(9)[0]!) assert.equal(String(value), String(Number(value.toFixed(2))));
});
