import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWanted } from './eventFilter.ts';

const pump = { project: 'p', location: 'l', registry: 'r', deviceId: 'pump-1', deviceNumId: 4711 };

test('a filter narrows by what it names, and a device has two names', () => {
  const wanted = [
    { project: 'p' },
    { project: 'p', location: 'l' },
    { project: 'p', registry: 'r' },
    { project: 'p', registry: 'r', device: 'pump-1' },
    { project: 'p', registry: 'r', device: '4711' },
  ];
  const unwanted = [
    { project: 'q' },
    { project: 'p', location: 'm' },
    { project: 'p', registry: 'R' },
    { project: 'p', registry: 'r', device: 'pump' },
    { project: 'p', registry: 's', device: 'pump-1' },
    { project: 'p', registry: 'r', device: '471' },
  ];
  for (const filter of wanted) assert.equal(isWanted(filter, pump), true, JSON.stringify(filter));
  for (const filter of unwanted) assert.equal(isWanted(filter, pump), false, JSON.stringify(filter));
});
