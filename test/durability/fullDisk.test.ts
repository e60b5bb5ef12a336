import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { checkedAgainst } from './checkedAgainst.ts';
import { readLog } from './logReader.ts';
import { Publisher } from './publisher.ts';
import { publishThroughout } from './publishThroughout.ts';
import { SmallDisk, wantsMounts } from './smallDisk.ts';
import { metrics } from '../support/metrics.ts';
import { untilHealth } from './watching.ts';

const PAYLOAD_BYTES = 1_000;
const ERRORS = ['--log-level', 'error', '--log-format', 'json'];
const PROBLEM = 'mkiot_problem{code="EVENT_LOG_WRITE_FAILED"}';

/** Fails the test when the log tells damage. */
function damaged(code: string): void {
  assert.fail(`the log tells ${code}`);
}

test(
  'a full disk: nothing more is acknowledged, it is told, and with room all goes on by itself',
  wantsMounts(),
  async () => {
    await using folder = await temporaryFolder();
    await using disk = new SmallDisk(folder.path, 16);
    const dataFolder = join(disk.path, 'data');
    await using platform = mkiotUp(dataFolder, ERRORS);
    const { address, setupCode } = await isUp(platform, dataFolder);
    const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
    const device = await owner.createDevice('pump-1');
    const publisher = new Publisher(device, { window: 50, payloadBytes: PAYLOAD_BYTES, events: 3_000 });
    const published = publishThroughout(publisher, address);
    await until(
      async () => publisher.sent.acknowledgedCount,
      (count) => count > 500,
    );

    await disk.fill();
    const { body } = await untilHealth(address, 503);
    assert.deepEqual(body, {
      status: 'failing',
      problems: [{ code: 'EVENT_LOG_WRITE_FAILED', cause: 'ENOSPC' }],
    });
    await platform.line(/EVENT_LOG_WRITE_FAILED.*ENOSPC/);
    const failing = await metrics(address);
    assert.deepEqual([failing.get(PROBLEM), failing.get('mkiot_events_saturated')], [1, 1]);
    assert.ok(publisher.sent.acknowledgedCount < 3_000);

    await disk.makeRoom();
    await published;
    assert.deepEqual((await untilHealth(address, 200)).body, { status: 'ok' });
    assert.equal((await metrics(address)).get(PROBLEM), undefined);
    platform.kill('SIGKILL');
    await platform.exit;
    const { present, violations } = await checkedAgainst([publisher], PAYLOAD_BYTES, readLog(dataFolder, damaged));
    assert.deepEqual([present, violations, publisher.violations], [3_000, [], []]);
  },
);

test(
  'a disk that has become read-only: nothing is acknowledged, it is told, and all goes on by itself',
  wantsMounts(),
  async () => {
    await using folder = await temporaryFolder();
    const dataFolder = join(folder.path, 'data');
    const events = join(dataFolder, 'events');
    await using first = mkiotUp(dataFolder);
    const { address: firstAddress, setupCode } = await isUp(first, dataFolder);
    const owner = new PlatformUser(firstAddress, await takeOwnership(firstAddress, setupCode ?? ''));
    const device = await owner.createDevice('pump-1');
    first.kill('SIGTERM');
    await first.exit;

    await mkdir(events, { recursive: true });
    await using disk = new SmallDisk(events, 16);
    await using platform = mkiotUp(dataFolder, ERRORS);
    const { address } = await isUp(platform, dataFolder);
    // No event has come since the start, so no file is open: the kernel would refuse.
    disk.remount('ro');
    const publisher = new Publisher(device, { window: 50, payloadBytes: PAYLOAD_BYTES, events: 500 });
    const published = publishThroughout(publisher, address);
    const { body } = await untilHealth(address, 503);
    assert.deepEqual(body.problems, [{ code: 'EVENT_LOG_WRITE_FAILED', cause: 'EROFS' }]);
    await platform.line(/EVENT_LOG_WRITE_FAILED.*EROFS/);
    assert.equal(publisher.sent.acknowledgedCount, 0);

    disk.remount('rw');
    await published;
    await untilHealth(address, 200);
    platform.kill('SIGKILL');
    await platform.exit;
    const { present, violations } = await checkedAgainst([publisher], PAYLOAD_BYTES, readLog(dataFolder, damaged));
    assert.deepEqual([present, violations, publisher.violations], [500, [], []]);
  },
);
