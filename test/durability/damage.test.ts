import assert from 'node:assert/strict';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Publisher } from './publisher.ts';
import { SubscriptionReader } from './subscriptionReader.ts';

const PAYLOAD_BYTES = 10_000;
const EVENTS = 500;
/** Several segments of the smallest size that can be set. */
const SETTINGS = ['--events-segment-mebibytes', '1', '--log-level', 'error', '--log-format', 'json'];

async function overwrite(file: string, offset: number, bytes: number): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(bytes, 0xa5), 0, bytes, offset);
}

/** A data folder with events in several segments, whose platform has ended, and who may read them. */
async function filledFolder(dataFolder: string) {
  await using platform = mkiotUp(dataFolder, SETTINGS);
  const { address, setupCode } = await isUp(platform, dataFolder);
  const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
  const subscription = new SubscriptionReader('durability', owner.adminToken);
  await subscription.create(address);
  const device = await owner.createDevice('pump-1');
  await new Publisher(device, { window: 50, payloadBytes: PAYLOAD_BYTES, events: EVENTS }).publish(address);
  platform.kill('SIGTERM');
  await platform.exit;
  const [day = ''] = await readdir(join(dataFolder, 'events'));
  const names = (await readdir(join(dataFolder, 'events', day))).toSorted((a, b) => a.localeCompare(b));
  return { subscription, segments: names.map((name) => join(dataFolder, 'events', day, name)) };
}

test('a damaged segment is told at the start with file and offset, though nobody reads it, and all else is served', async () => {
  await using folder = await temporaryFolder();
  const dataFolder = join(folder.path, 'data');
  const { segments, subscription } = await filledFolder(dataFolder);
  assert.ok(segments.length > 3);
  const [, hit = ''] = segments;
  await overwrite(hit, 500_000, 100);
  await using platform = mkiotUp(dataFolder, SETTINGS);
  const { match } = await platform.line(/EVENT_LOG_DAMAGED.*?of (\S+) at offset (\d+)/);
  assert.equal(match[1], hit);
  const offset = Number(match[2]);
  assert.ok(offset <= 500_000 && offset > 500_000 - PAYLOAD_BYTES - 1_000, `offset ${offset}`);
  const up = await isUp(platform, dataFolder);
  await subscription.readAll(up.address);
  assert.equal(subscription.found.length, EVENTS - 1);
});

test('a damaged database refuses the start, named with file and offset, and the events stay as they are', async () => {
  await using folder = await temporaryFolder();
  const dataFolder = join(folder.path, 'data');
  await filledFolder(dataFolder);
  const file = join(dataFolder, 'mkiot.db');
  await overwrite(file, 4_096 * 2, 200);
  await using platform = mkiotUp(dataFolder, SETTINGS);
  assert.deepEqual(await platform.exit, { code: 1, signal: null });
  assert.match(platform.output, /database .*mkiot\.db is damaged at offset 8192: .*Restore/);
  assert.match(platform.output, /DATABASE_DAMAGED/);
});
