import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isConnected, mergePresence, type Presence } from './model.ts';

const CODES = ['CONNECTION_LOST', 'TAKEN_OVER', 'KEEP_ALIVE_EXPIRED', 'PLATFORM_STOPPED'];

/** What is told of a session over its life: that it opened, that its device was heard, that it ended. */
function storyOf(epoch: number, heards: readonly number[], hasEnded: boolean): readonly Presence[] {
  const session = {
    epoch,
    openedAtMs: epoch * 1_000,
    remoteAddress: '192.0.2.7',
    protocolLevel: 5,
    keepAliveSeconds: 60,
    lastHeardAtMs: epoch * 1_000,
  } as const;
  const code = CODES[epoch % CODES.length] ?? '';
  const end = { epoch, atMs: epoch * 1_000 + 999, code, by: 'SERVER', message: code } as const;
  return [
    { session },
    ...heards.map((heardMs) => ({ session: { ...session, lastHeardAtMs: epoch * 1_000 + heardMs } })),
    ...(hasEnded ? [{ end }] : []),
  ];
}

/** Sessions of one device, each ended by the next: only the last may be open. */
const sessions = fc
  .record({
    heards: fc.array(fc.array(fc.nat({ max: 998 }), { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
    lastHasEnded: fc.boolean(),
  })
  .map(({ heards, lastHasEnded }) =>
    heards.map((times, index) => storyOf(index + 1, times, lastHasEnded || index < heards.length - 1)),
  );

const merged = (told: readonly Presence[]): Presence => told.reduce(mergePresence, {});

test('whatever order and however often the news of sessions come, the same holds', () => {
  const shuffled = sessions.chain((stories) => {
    const news = stories.flat();
    const twice = [...news, ...news];
    return fc.record({
      inOrder: fc.constant(news),
      mixed: fc.shuffledSubarray(twice, { minLength: twice.length }),
    });
  });
  fc.assert(
    fc.property(shuffled, ({ inOrder, mixed }) => {
      assert.deepEqual(merged(mixed), merged(inOrder));
    }),
  );
});

test('put together in any two halves, the same holds', () => {
  fc.assert(
    fc.property(sessions, fc.nat(), (stories, cut) => {
      const news = stories.flat();
      const at = cut % (news.length + 1);
      assert.deepEqual(mergePresence(merged(news.slice(0, at)), merged(news.slice(at))), merged(news));
    }),
  );
});

test('a device is connected exactly when its newest session has not ended', () => {
  fc.assert(
    fc.property(sessions, (stories) => {
      const lastStory = stories.at(-1) ?? [];
      assert.equal(
        isConnected(merged(stories.flat())),
        lastStory.every(({ end }) => end === undefined),
      );
    }),
  );
});

test('a device of which nothing is known is not connected', () => {
  assert.equal(isConnected({}), false);
});
