import { errorTable } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterHeader } from './retryAfter.ts';

const pumpError = errorTable({
  BUSY: { status: 'UNAVAILABLE', blame: 'us', message: 'The pump is busy.' },
  TOO_OFTEN: { status: 'RESOURCE_EXHAUSTED', blame: 'caller', message: 'The pump is asked too often.' },
  DRY: { status: 'FAILED_PRECONDITION', blame: 'caller', message: 'The pump is dry.' },
});

test('an answer that waiting helps says for how long, and the error knows it best', () => {
  assert.equal(retryAfterHeader(pumpError('BUSY')), '10');
  assert.equal(retryAfterHeader(pumpError('TOO_OFTEN', { retryAfterSeconds: 3 })), '3');
});

test('an answer that stays the same says nothing of later', () => {
  assert.equal(retryAfterHeader(pumpError('DRY')), undefined);
  assert.equal(retryAfterHeader(pumpError('TOO_OFTEN')), undefined);
});
