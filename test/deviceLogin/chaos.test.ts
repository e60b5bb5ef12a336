import { seededRandom } from '@mkiot/board/faults/seededRandom';
import type { ClockSkew } from '@mkiot/core/clock/skewedClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreliableNetwork } from './unreliableNetwork.ts';
import { newDeviceKey, VirtualBoard } from './virtualBoard.ts';
import { VirtualPlatform } from './virtualPlatform.ts';

const MINUTE_MS = 60_000;
// Factors that are powers of two: with others a virtual clock, which stands still, may never reach the moment of a timer.
const SKEWS: readonly ClockSkew[] = [{ startMs: 0 }, { startMs: 2 ** 31 * 1_000 }, { factor: 2 }, { factor: 0.5 }];
const VERSIONS = ['3.1.1', '5'] as const;

/** Lets time pass until `work` is done, which is soon. */
async function passUntil(platform: VirtualPlatform, work: Promise<unknown>): Promise<void> {
  const done = work.then(() => true);
  for (let seconds = 0; seconds < 120; seconds++) {
    if (await Promise.race([done, platform.pass(1_000).then(() => false)])) return;
  }
  assert.fail('a board does not come to rest');
}

/** Boards of both versions, each with a board beside it that has its name and another key. */
async function boardsOf(platform: VirtualPlatform, network: UnreliableNetwork, seed: number) {
  const { clock } = platform;
  const boards: VirtualBoard[] = [];
  const impostors: VirtualBoard[] = [];
  const ids: string[] = [];
  for (const [index, mqttVersion] of SKEWS.flatMap(() => VERSIONS).entries()) {
    const [id, key] = [`pump-${index + 1}`, newDeviceKey()];
    const name = await platform.addDevice(id, key.publicKeyPem);
    const parts = { name, mqttVersion, clock, openStream: network.openStream };
    boards.push(new VirtualBoard({ ...parts, key, random: seededRandom(seed * 100 + index) }));
    if (index < 2)
      impostors.push(new VirtualBoard({ ...parts, key: newDeviceKey(), random: seededRandom(seed + index) }));
    ids.push(id);
  }
  return { boards, impostors, ids };
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`with wrong clocks, restarts and lost packets every board gets back in and no impostor does (seed ${seed})`, async () => {
    // A token of the clock is good for the first login only: that is when a board gets its first ticket.
    await using platform = await VirtualPlatform.start(seededRandom(seed * 7), { maxSessionMs: 2 * MINUTE_MS });
    const network = new UnreliableNetwork(platform, seededRandom(seed));
    const { boards, impostors, ids } = await boardsOf(platform, network, seed);
    network.isReliable = true;
    for (const board of boards) board.powerOn();
    await platform.pass(MINUTE_MS);
    await platform.setPolicy({ deviceLogin: 'NONCE_REQUIRED' });

    network.isReliable = false;
    for (const [index, board] of [...boards, ...impostors].entries()) {
      if (index < boards.length) await passUntil(platform, board.powerOff());
      board.powerOn(SKEWS[(index >> 1) % SKEWS.length]);
    }
    for (let round = 0; round < 4; round++) {
      await platform.pass(2 * MINUTE_MS + round * 7_000);
      await platform.down();
      await platform.pass(10_000);
      await platform.up();
    }
    assert.ok(network.losses > 20, `only ${network.losses} connections have lost something`);

    network.isReliable = true;
    platform.cutConnections();
    await platform.pass(3 * MINUTE_MS);
    const out = ids.filter((id) => platform.session(id) === undefined);
    assert.deepEqual(out, [], 'every board has a session');
    assert.deepEqual(
      impostors.map((impostor) => impostor.count('connected')),
      [0, 0],
    );
    assert.ok(
      impostors.every((impostor) => impostor.count('retrying') > 5),
      'they have tried',
    );

    await passUntil(platform, Promise.all([...boards, ...impostors].map((board) => board.powerOff())));
    for (const [index, board] of boards.entries()) {
      const stored = new Set(await platform.telemetryOf(ids[index]!));
      assert.deepEqual(
        board.acknowledged.filter((sequence) => !stored.has(sequence)),
        [],
        'nothing acknowledged is lost',
      );
    }
  });
}
