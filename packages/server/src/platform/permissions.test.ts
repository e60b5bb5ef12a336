import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { testRoutePermissions } from '../auth/routePermissions.testing.ts';
import { SegmentLog } from '../events/segmentLog/segmentLog.ts';
import { MemoryFileSystem } from '../runtime/memoryFileSystem.testing.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { Database } from '../store/database.ts';
import { openSlices } from './slices.ts';

const clock = new VirtualClock();
const logger = pino({ level: 'silent' });
const eventLogReports = { problem: () => undefined, recovered: () => undefined };
const eventLog = await SegmentLog.open({
  directory: '/events',
  fileSystem: new MemoryFileSystem(),
  clock,
  random: randomFill,
  reports: eventLogReports,
  segmentBytes: 1_048_576,
  saturatingBytes: 1_048_576,
});

const { apiRoutes } = openSlices({
  database: new Database(':memory:'),
  eventLog,
  eventLogReports,
  link: { session: () => undefined, sessions: () => [], keptSession: () => undefined, endKeptSession: () => undefined },
  defaults: { project: 'mkiot-abc123', location: 'local', registry: 'default' },
  auditKey: new Uint8Array(32),
  ticketKey: new Uint8Array(32),
  bridgeId: () => new Uint8Array(32),
  bridgeAddress: () => ({ mqttPort: 8883, authorityCertificate: '' }),
  clock,
  randomFill,
  logger,
});

// Every row of the API's table, so that a new route cannot be forgotten.
testRoutePermissions(apiRoutes);

test('without a token there is a fixed list of calls: whoever adds one has to add it here', () => {
  const open = apiRoutes.filter(({ permission }) => permission === 'public').map(({ operation }) => operation);
  assert.deepEqual(open.toSorted(), [
    'createChallenge',
    'exchangeSetupCode',
    'getServerTime',
    'redeemEnrolmentTicket',
    'registerUnits',
  ]);
});
