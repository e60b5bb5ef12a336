import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import type { Enrolment } from '@mkiot/core/api/clientProvisioning';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { buildOtadata, OTA_STATES, parseOtadata } from '@mkiot/esp32/otadata/otadata';
import type { DeviceEvent } from '../../../device/deviceEvents.ts';
import type { RedeemTicket } from '../../../device/enrolment/ticketHolder.ts';
import { seededRandom } from '../../../faults/seededRandom.ts';
import { BootRig } from '../../bootRig.testing.ts';
import type { FlashFaults } from '../../flash/flashFaults.ts';
import { buildVirtualApp } from '../buildVirtualApp.ts';
import { openChipKey, signingKeyOf } from './chipKey.ts';
import { buildFactoryData, readFactoryData, readFactoryEnrolment } from './factoryData.ts';
import { REFERENCE_FIRMWARE, referenceFirmware } from './referenceFirmware.ts';
import { REFERENCE_FLASH_BYTES, referenceFlash } from './referenceFlash.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';

const FACTORY = {
  deviceName: 'projects/plant-one/locations/local/registries/default/devices/pump-1',
  host: 'platform.example',
  port: 8883,
  caPem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};
const FCTRY = { offset: 0xc000, size: 0x4000 };
const NVS = 0xd0000;

const TICKET = 'mkiot-ticket-AAECAwQFBgcICQoLDA0ODw';
const MAC = '24:00:00:00:34:56';
const MAC_BITS = [
  [32, 16, 0x3456],
  [72, 8, 0x24],
] as const;

async function referenceRig(
  flashEncryption: 'none' | 'development' | 'release',
  { redeem, flashFaults }: { readonly redeem?: RedeemTicket; readonly flashFaults?: FlashFaults } = {},
): Promise<{ readonly rig: BootRig; readonly events: DeviceEvent[] }> {
  const events: DeviceEvent[] = [];
  const firmware = referenceFirmware({
    openStream: () => () => Promise.reject(new Error('no network here')),
    redeem: redeem && (() => redeem),
    sensors: () => [],
    onEvent: (event) => events.push(event),
  });
  const firmwares = { [REFERENCE_FIRMWARE]: firmware };
  const rig = new BootRig({
    flashBytes: REFERENCE_FLASH_BYTES,
    firmwares,
    burned: MAC_BITS,
    ...(flashFaults && { flashFaults }),
  });
  for (const { offset, bytes } of await referenceFlash(rig.chip, '1.2.3', { flashEncryption })) rig.put(offset, bytes);
  return { rig, events };
}

function publicKeyIn(printed: string): string {
  return /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/.exec(printed)?.[0].replaceAll('\r\n', '\n') ?? '';
}

test('a new device makes its key, tells the public half on the console, and waits in factory state', async () => {
  const { rig, events } = await referenceRig('development');
  await rig.bootUntil('END PUBLIC KEY');
  const key = publicKeyIn(rig.printed);
  assert.equal(createPublicKey(key).asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.ok(rig.lines.includes('I nvs: NVS key partition empty, generating keys'));
  assert.ok(rig.lines.includes('I nvs: NVS partition "nvs" is encrypted.'));
  assert.equal(events.length, 0);
  await rig.bootUntil('END PUBLIC KEY');
  assert.equal(publicKeyIn(rig.printed.slice(rig.printed.lastIndexOf('rst:'))), key, 'it is the same after a reset');
});

test('a device with factory data tries to connect to its platform', async () => {
  const { rig, events } = await referenceRig('release');
  rig.put(FCTRY.offset, buildFactoryData(FACTORY, FCTRY.size));
  await rig.bootUntil('no session');
  assert.ok(rig.lines.some((line) => line === `I mkiot: device ${FACTORY.deviceName}, platform platform.example:8883`));
  assert.ok(events.some(({ type }) => type === 'booted'));
  assert.equal(publicKeyIn(rig.printed), '');
});

test('under flash encryption NVS shows not even the names of what it holds', async () => {
  const { rig } = await referenceRig('development');
  await rig.bootUntil('END PUBLIC KEY');
  const text = Buffer.from(rig.cells.subarray(NVS, NVS + 0x30000));
  assert.ok(!text.includes('device-key'));
});

test('without flash encryption NVS is plain, and the console warns of it', async () => {
  const { rig } = await referenceRig('none');
  await rig.bootUntil('END PUBLIC KEY');
  assert.ok(rig.lines.includes('W nvs: Flash encryption is off: NVS partition "nvs" is not encrypted'));
  assert.ok(Buffer.from(rig.cells.subarray(NVS, NVS + 0x1000)).includes('device-key'));
});

test('the starts of a device are counted over resets', async () => {
  const { rig } = await referenceRig('none');
  for (const start of [1, 2, 3]) await rig.bootUntil(`reference firmware 1.2.3, start ${start}, from factory`);
});

test('an update on trial that reaches no platform is given up at the next start', async () => {
  const { rig } = await referenceRig('none');
  rig.put(FCTRY.offset, buildFactoryData(FACTORY, FCTRY.size));
  rig.put(0x50000, await buildVirtualApp({ chip: rig.chip, firmware: REFERENCE_FIRMWARE, version: '2.0.0' }));
  rig.put(
    0xa000,
    buildOtadata([{ sequence: 1, label: new Uint8Array(20).fill(0xff), state: OTA_STATES.NEW }, 'erased']),
  );
  await rig.bootUntil('reference firmware 2.0.0, start 1, from ota_0');
  await rig.bootUntil('reference firmware 1.2.3, start 2, from factory');
  const [copy] = parseOtadata(rig.cells.slice(0xa000, 0xc000));
  assert.equal(typeof copy === 'object' ? copy.state : undefined, OTA_STATES.ABORTED);
});

test('factory data are read as they were written, and an erased partition has none', () => {
  assert.deepEqual(readFactoryData(buildFactoryData(FACTORY, FCTRY.size)), FACTORY);
  assert.equal(readFactoryData(new Uint8Array(FCTRY.size).fill(0xff)), undefined);
});

test('a device with a ticket in its factory data enrols itself with its MAC address, and wipes the ticket out', async () => {
  const calls: Enrolment[] = [];
  const redeem: RedeemTicket = async (enrolmentFor) => {
    calls.push(await enrolmentFor(new Uint8Array(32)));
    return '4711';
  };
  const { rig, events } = await referenceRig('development', { redeem });
  rig.put(FCTRY.offset, buildFactoryData(FACTORY, FCTRY.size, { apiPort: 8443, ticket: TICKET }));
  const fctry = () => Buffer.from(rig.cells.subarray(FCTRY.offset, FCTRY.offset + FCTRY.size));
  assert.ok(fctry().includes(TICKET));
  await rig.bootUntil('enrolled as device 4711');
  await rig.bootUntil('no session');
  assert.deepEqual(
    calls.map(({ ticket, device, mac }) => [ticket, device, mac]),
    [[TICKET, FACTORY.deviceName, MAC]],
    'once, also after a restart',
  );
  assert.ok(!fctry().includes(TICKET.slice(13)));
  assert.deepEqual(readFactoryData(fctry()), FACTORY);
  assert.ok(events.some(({ type }) => type === 'enrolled'));
  assert.ok(!rig.printed.includes(TICKET));
});

test('a power cut while a ticket is wiped out leaves the factory data whole, and the ticket used or gone', async () => {
  for (let cutAt = 0; cutAt < 3; cutAt++) {
    let left: number | undefined;
    const flashFaults: FlashFaults = {
      cutDuring: () => (left !== undefined && left-- === 0 ? 0.5 : undefined),
      damage: () => undefined,
    };
    const redeem: RedeemTicket = async () => {
      left ??= cutAt;
      return '4711';
    };
    const { rig, events } = await referenceRig('none', { redeem, flashFaults });
    rig.put(FCTRY.offset, buildFactoryData(FACTORY, FCTRY.size, { apiPort: 8443, ticket: TICKET }));
    await rig.bootUntil('never printed');
    await rig.bootUntil('no session');
    const fctry = rig.cells.slice(FCTRY.offset, FCTRY.offset + FCTRY.size);
    assert.deepEqual(readFactoryData(fctry), FACTORY);
    assert.equal(readFactoryEnrolment(fctry), undefined);
    assert.ok(events.some(({ type }) => type === 'enrolled'));
  }
});

test('a key signs so that Node verifies it with the public half', async () => {
  const stored = new Map<string, Uint8Array>();
  const nvs = {
    get: (key: string) => stored.get(key),
    set: async (key: string, value: Uint8Array) => void stored.set(key, value),
  };
  const key = await signingKeyOf(await openChipKey(nvs as unknown as NvsPartition, seededRandom(3)));
  const signature = await key.sign(utf8Encode('hello'));
  assert.ok(verify('sha256', utf8Encode('hello'), { key: key.publicKeyPem, dsaEncoding: 'ieee-p1363' }, signature));
});
