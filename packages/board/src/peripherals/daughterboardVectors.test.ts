import { test } from 'node:test';
import { checks } from './daughterboard.vectors.ts';

const noFile = (): Promise<never> => Promise.reject(new Error('it needs no file'));

for (const check of checks) test(check.name, () => check.run(noFile));
