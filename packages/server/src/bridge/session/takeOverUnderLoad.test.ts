import { test } from 'node:test';
import { BridgeBench } from '../bridge.testing.ts';
import { takeOverUnderLoad } from './takeOverUnderLoad.testing.ts';

test('1,000 take-overs under load lose no QoS 1 message, and store and deliver each QoS 2 message once', async () => {
  const bench = new BridgeBench();
  await takeOverUnderLoad({ bench, takeOvers: 1_000, connect: () => bench.connect() });
});
