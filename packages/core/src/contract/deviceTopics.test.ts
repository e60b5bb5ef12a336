import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  DEVICE_TOPIC_KINDS,
  formatDeviceFilter,
  formatDeviceTopic,
  parseDeviceFilter,
  parseDeviceTopic,
  SUBSCRIBABLE,
  type SubscribableKind,
} from './deviceTopics.ts';

const topics = {
  '/devices/pump-1/events': { device: 'pump-1', kind: 'events', subfolder: '' },
  '/devices/pump-1/events/a/b.c': { device: 'pump-1', kind: 'events', subfolder: 'a/b.c' },
  '/devices/pump-1/state': { device: 'pump-1', kind: 'state', subfolder: '' },
  '/devices/pump-1/token': { device: 'pump-1', kind: 'token', subfolder: '' },
  '/devices/pump-1/attach': { device: 'pump-1', kind: 'attach', subfolder: '' },
};
for (const [topic, parts] of Object.entries(topics)) {
  test(`${topic} is a device topic`, () => assert.deepEqual(parseDeviceTopic(topic), parts));
}

const noTopics = [
  '',
  'devices/pump-1/events',
  '/devices//events',
  '/devices/pump-1',
  '/devices/pump-1/',
  '/devices/pump-1/eventsfoo',
  '/devices/pump-1/Events',
  '/devices/pump-1/events/',
  '/devices/pump-1/events/a//b',
  '/devices/pump-1/events/9lives',
  '/devices/pump-1/events/+',
  '/devices/pump-1/events/#',
  '/devices/pump-1/events/a\u0000b',
  `/devices/pump-1/events/a${'b'.repeat(256)}`,
  '/devices/pump-1/state/a',
  '/devices/pump-1/state/',
  '/devices/pump-1/config/x',
  '/devices/pump-1/token/',
  '/devices/pump-1/token/a',
  '/devices/pump-1/Token',
  '$SYS/broker',
];
for (const topic of noTopics) {
  test(`${JSON.stringify(topic.slice(0, 40))} is no device topic`, () =>
    assert.equal(parseDeviceTopic(topic), undefined));
}

test('a device topic comes back from its parts', () => {
  const level = fc.stringMatching(/^[a-zA-Z][-a-zA-Z0-9._+~%]{1,20}$/);
  const kind = fc.constantFrom(...DEVICE_TOPIC_KINDS);
  fc.assert(
    fc.property(level, kind, fc.array(level, { maxLength: 3 }), (device, kind, levels) => {
      const subfolder = kind === 'events' || kind === 'commands' ? levels.join('/') : '';
      const topic = { device, kind, subfolder };
      assert.deepEqual(parseDeviceTopic(formatDeviceTopic(topic)), topic);
    }),
  );
});

test('a device may subscribe to its config, its commands and what is said of its login, to nothing else', () => {
  assert.deepEqual(parseDeviceFilter('/devices/d-1/config'), { device: 'd-1', kind: 'config' });
  assert.deepEqual(parseDeviceFilter('/devices/d-1/commands/#'), { device: 'd-1', kind: 'commands' });
  assert.deepEqual(parseDeviceFilter('/devices/d-1/nonce'), { device: 'd-1', kind: 'nonce' });
  assert.deepEqual(parseDeviceFilter('/devices/d-1/session'), { device: 'd-1', kind: 'session' });
  const refused = [
    '/devices/d-1/token',
    '/devices/d-1/nonce/#',
    '/devices/d-1/__proto__',
    '#',
    '+',
    '/devices/+/config/#',
    '/devices/d-1/#',
    '/devices/d-1/commands',
    '/devices/d-1/commands/a',
  ];
  for (const filter of [...refused, '/devices/d-1/events', '/devices/d-1/state', '/devices//config', '$share/g/x']) {
    assert.equal(parseDeviceFilter(filter), undefined, filter);
  }
  assert.notEqual(parseDeviceFilter('/devices/+/config')?.device, 'd-1');
});

test('every filter of the contract is read as it is written', () => {
  for (const kind of Object.keys(SUBSCRIBABLE) as SubscribableKind[]) {
    assert.deepEqual(parseDeviceFilter(formatDeviceFilter('d-1', kind)), { device: 'd-1', kind });
  }
});
