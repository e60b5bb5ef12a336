import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestProgramName } from '../../tools/testPrograms.ts';
import { DeviceKey } from '../support/deviceKey.ts';
import type { DeviceLogin } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { wants } from '../support/wants.ts';

export interface Received {
  readonly topic: string;
  readonly qos: number;
  readonly payload: string;
}

/** What is published for a client that is lost, at QoS 1. */
export interface ClientWill {
  readonly topic: string;
  readonly payload: string;
}

/** An MQTT client that none of us wrote, on one connection that it does not renew. */
export interface ForeignClient extends AsyncDisposable {
  /** The return or reason code of the CONNACK; rejects when there is no CONNACK. */
  readonly returnCode: Promise<number>;
  /** Resolves to what the SUBACK says: 0, 1 or a refusal. */
  subscribe(filter: string, qos: number): Promise<number>;
  /** Resolves when it has been sent, at QoS 1 when it has been acknowledged. */
  publish(topic: string, payload: string, qos: 0 | 1): Promise<void>;
  /** The oldest message that has not been asked for. */
  nextMessage(): Promise<Received>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
}

/** What a client is told of its refusals. */
interface Refusals {
  readonly login: number;
  readonly foreignFilter: number;
  readonly wildcardFilter: number;
}

export const REFUSALS: Readonly<Record<4 | 5, Refusals>> = {
  4: { login: 5, foreignFilter: 128, wildcardFilter: 128 },
  5: { login: 0x87, foreignFilter: 0x87, wildcardFilter: 0xa2 },
};

/** What every client must find at a platform. */
export function testForeignClient(
  name: string,
  connect: (login: DeviceLogin) => ForeignClient,
  refusals: Refusals,
  programs: readonly TestProgramName[] = [],
): void {
  const options = wants(...programs);

  test(`${name}: events at QoS 0 and 1 are in the event log`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using client = connect(device.login());
    assert.equal(await client.returnCode, 0);
    await client.publish(device.topic('events'), 'first', 0);
    await client.publish(device.topic('events/water/level'), 'second', 1);
    const [first, second] = await platform.pullEvents(2);
    assert.deepEqual(
      [first?.attributes['subFolder'], first?.payload, second?.attributes['subFolder'], second?.payload],
      ['', 'first', 'water/level', 'second'],
    );
    assert.equal(second?.attributes['deviceId'], 'pump-1');
    assert.equal(second?.attributes['deviceNumId'], device.numId);
  });

  test(
    `${name}: config comes when it subscribes, then each new version, and its PUBACK is noted`,
    options,
    async () => {
      await using platform = await startTestPlatform();
      const device = await platform.createDevice('pump-1');
      await using client = connect(device.login());
      assert.equal(await client.returnCode, 0);
      assert.equal(await client.subscribe(device.topic('config'), 1), 1);
      assert.deepEqual(await client.nextMessage(), { topic: device.topic('config'), qos: 1, payload: '' });

      await platform.devices.modifyConfig(device.name, Buffer.from('{"intervalMs":1000}'));
      assert.equal((await client.nextMessage()).payload, '{"intervalMs":1000}');
      const newest = await until(
        async () => (await platform.devices.configVersions(device.name))[0],
        (version) => version?.deviceAckTime !== undefined,
      );
      assert.equal(newest?.version, '2');
    },
  );

  test(`${name}: a command arrives in its subfolder, and the caller knows that it did`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using client = connect(device.login());
    assert.equal(await client.returnCode, 0);
    assert.equal(await client.subscribe(device.topic('commands/#'), 1), 1);
    await platform.devices.sendCommand(device.name, Buffer.from('on'), 'valve/2');
    assert.deepEqual(await client.nextMessage(), { topic: device.topic('commands/valve/2'), qos: 1, payload: 'on' });
  });

  test(`${name}: a state is kept`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using client = connect(device.login());
    await client.publish(device.topic('state'), 'running', 1);
    const [state] = await platform.devices.states(device.name);
    assert.equal(Buffer.from(state?.binaryData ?? '', 'base64').toString(), 'running');
  });

  test(`${name}: a token signed by another key is refused with code ${refusals.login}`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using client = connect({ ...device.login(), password: new DeviceKey().token(platform.address.project) });
    assert.equal(await client.returnCode, refusals.login);
    await client.closed;
  });

  test(`${name}: a server of another authority is not talked to`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using other = await startTestPlatform();
    await using client = connect({ ...device.login(), caFile: other.address.caFile });
    await assert.rejects(client.returnCode, /certificate/i);
  });

  test(`${name}: a second connection of a device ends the first`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using first = connect(device.login());
    assert.equal(await first.returnCode, 0);
    await using second = connect(device.login());
    assert.equal(await second.returnCode, 0);
    await first.closed;
    await second.publish(device.topic('events'), 'still here', 1);
    assert.equal((await platform.pullEvents(1))[0]?.payload, 'still here');
  });

  test(`${name}: another device's topics are closed to it`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    const neighbour = await platform.createDevice('pump-2');
    await using client = connect(device.login());
    assert.equal(await client.returnCode, 0);
    assert.equal(await client.subscribe(neighbour.topic('config'), 1), refusals.foreignFilter);
    assert.equal(await client.subscribe('#', 1), refusals.wildcardFilter);
    client.publish(neighbour.topic('events'), 'forged', 1).catch(() => undefined);
    await client.closed;
    await using other = connect(neighbour.login());
    await other.publish(neighbour.topic('events'), 'true', 1);
    assert.equal((await platform.pullEvents(1))[0]?.payload, 'true');
  });
}
