import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreliableNetwork } from './unreliableNetwork.ts';
import { newDeviceKey, VirtualBoard } from './virtualBoard.ts';
import { VirtualPlatform } from './virtualPlatform.ts';

const RENEWALS = 100;
const MINUTE_MS = 60_000;
const LONGEST_SESSION_MS = 20_000;

for (const mqttVersion of ['3.1.1', '5'] as const) {
  test(`a session over MQTT ${mqttVersion} lives through ${RENEWALS} renewals, and every message arrives once`, async () => {
    await using platform = await VirtualPlatform.start(randomFill, { maxSessionMs: LONGEST_SESSION_MS });
    const network = new UnreliableNetwork(platform, seededRandom(1));
    network.isReliable = true;
    const key = newDeviceKey();
    const name = await platform.addDevice('pump-1', key.publicKeyPem);
    const { clock } = platform;
    const parts = { name, key, clock, random: seededRandom(2), openStream: network.openStream };
    const board = new VirtualBoard({ ...parts, mqttVersion });
    board.powerOn();
    for (let minutes = 0; minutes < 3 * RENEWALS && board.count('renewed') < RENEWALS; minutes++) {
      await platform.pass(MINUTE_MS);
    }
    const session = platform.session('pump-1');
    const lived = clock.now() - (session?.openedAtMs ?? clock.now());
    assert.ok(board.count('renewed') >= RENEWALS, `renewed ${board.count('renewed')} times`);
    assert.equal(board.count('connected'), 1);
    assert.equal(board.count('disconnected'), 0);
    assert.ok(lived > (RENEWALS / 2) * LONGEST_SESSION_MS, 'the one session is much older than it could be unrenewed');

    const stopping = board.powerOff();
    await platform.pass(MINUTE_MS);
    await stopping;
    const stored = await platform.telemetryOf('pump-1');
    assert.ok(stored.length > RENEWALS);
    assert.deepEqual(
      stored,
      Array.from(stored, (_, index) => index + stored[0]!),
      'none is missing and none is there twice',
    );
    assert.equal(stored.length, board.count('published'));
  });
}
