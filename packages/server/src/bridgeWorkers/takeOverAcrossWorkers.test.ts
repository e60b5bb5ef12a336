import { test } from 'node:test';
import { TestClient } from '../bridge/bridge.testing.ts';
import { takeOverUnderLoad } from '../bridge/session/takeOverUnderLoad.testing.ts';
import { WorkersBench } from './bridgeWorkers.testing.ts';

test('200 take-overs across workers lose no QoS 1 message, and store and deliver each QoS 2 message once', async () => {
  await using workers = await WorkersBench.open();
  const connect = async (): Promise<TestClient> => new TestClient(await workers.tls());
  await takeOverUnderLoad({ bench: workers.bench, takeOvers: 200, connect });
});
