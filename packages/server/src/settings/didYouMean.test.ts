import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from './didYouMean.ts';

const NAMES = ['mqtt.port', 'mqtt.host', 'log.level'];

for (const [text, meant] of [
  ['mqtt.prot', 'mqtt.port'],
  ['mqttport', 'mqtt.port'],
  ['LOG.LEVEL', 'log.level'],
  ['mqtt.ho', 'mqtt.host'],
  ['colour', undefined],
  ['', undefined],
] as const) {
  test(`"${text}" was meant to be ${meant}`, () => assert.equal(didYouMean(text, NAMES), meant));
}
