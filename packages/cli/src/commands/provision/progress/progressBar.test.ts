import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, progressBar } from './progressBar.ts';

test('a bar shows the share that is done, and what is left once the rate can be told', () => {
  assert.equal(progressBar({ done: 0, total: 10, elapsedMs: 0 }), `${'░'.repeat(24)}   0 %`);
  assert.equal(progressBar({ done: 5, total: 10, elapsedMs: 999 }), `${'█'.repeat(12)}${'░'.repeat(12)}  50 %`);
  assert.equal(
    progressBar({ done: 2, total: 8, elapsedMs: 4_000 }),
    `${'█'.repeat(6)}${'░'.repeat(18)}  25 %  12 s left`,
  );
  assert.equal(progressBar({ done: 10, total: 10, elapsedMs: 5_000 }), `${'█'.repeat(24)} 100 %  0 s left`);
  assert.equal(progressBar({ done: 0, total: 0, elapsedMs: 0 }), `${'█'.repeat(24)} 100 %`);
});

test('times are told in seconds, and in minutes from the sixtieth on', () => {
  assert.deepEqual([0, 1, 59_000, 59_001, 185_000].map(durationText), ['0 s', '1 s', '59 s', '1 min 0 s', '3 min 5 s']);
});
