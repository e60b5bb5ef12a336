import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Events that the device has under way at once. */
const WINDOW = 50;

/** Publishes numbered events until the connection ends; `end` is called at the PUBACK number `count`. */
async function publishUntilClosed(client: MqttJs, topic: string, count: number, end: () => void): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  let next = 0;
  const publish = async (): Promise<void> => {
    const payload = String(next++);
    await client.publish(topic, payload, 1);
    acknowledged.add(payload);
    if (acknowledged.size === count) end();
  };
  const publisher = async (): Promise<void> => {
    // What is under way when the connection ends may fail or never be answered.
    while (client.isOpen) await Promise.race([publish().catch(() => undefined), client.closed]);
  };
  await Promise.all(Array.from({ length: WINDOW }, publisher));
  return acknowledged;
}

for (const { how, signal, count, exit } of [
  { how: 'is killed at the first PUBACK', signal: 'SIGKILL', count: 1, exit: { code: null, signal: 'SIGKILL' } },
  { how: 'is asked to stop under load', signal: 'SIGTERM', count: 1000, exit: { code: 0, signal: null } },
] as const) {
  test(`when the platform ${how}, every acknowledged event is there after the next start`, async () => {
    await using folder = await temporaryFolder();
    await using first = mkiotUp(folder.path);
    const { address, setupCode } = await isUp(first, folder.path);
    const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
    await owner.subscribeToEvents();
    const device = await owner.createDevice('pump-1');
    await using client = new MqttJs(device.login());
    assert.equal(await client.returnCode, 0);
    const acknowledged = await publishUntilClosed(client, device.topic('events'), count, () => first.kill(signal));
    assert.deepEqual(await first.exit, exit, first.output);

    await using second = mkiotUp(folder.path);
    const restarted = await isUp(second, folder.path);
    const events = await new PlatformUser(restarted.address, owner.adminToken).pullAllEvents();
    const kept = new Set(events.map(({ payload }) => payload));
    assert.ok(acknowledged.size >= count);
    assert.deepEqual(
      [...acknowledged].filter((payload) => !kept.has(payload)),
      [],
    );
  });
}
