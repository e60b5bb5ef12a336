import { ApiClient } from '@mkiot/core/api/client';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PlatformUser } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { checkedAgainst } from './checkedAgainst.ts';
import type { FoundEvent } from './eventCheck.ts';
import { Publisher, type PublisherOptions } from './publisher.ts';
import { publishThroughout } from './publishThroughout.ts';

const PAYLOAD_BYTES = 100;
const MKIOT = fileURLToPath(new URL('../../packages/cli/bin/mkiot.js', import.meta.url));

/** A line of output that was not cut short. */
const WHOLE = /^\{.*\}$/;

/** What the API and the CLI write of an event. */
interface Message {
  readonly data: string;
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function foundEvent({ data, messageId, attributes }: Message): FoundEvent {
  const text = Buffer.from(data, 'base64').toString();
  return { sequence: Number(messageId), device: attributes['deviceId'] ?? '', text };
}

async function publisher(owner: PlatformUser, options: Pick<PublisherOptions, 'events' | 'onAcknowledged'>) {
  return new Publisher(await owner.createDevice('pump-1'), { ...options, window: 200, payloadBytes: PAYLOAD_BYTES });
}

function apiOf({ address, adminToken }: TestPlatform): ApiClient {
  return new ApiClient((path, init) => fetch(`http://127.0.0.1:${address.loopbackPort}${path}`, init), adminToken);
}

/** Follows the tail from now on; nothing of it is read until somebody does. */
async function tail({ address, adminToken }: TestPlatform): Promise<IncomingMessage> {
  const path = `/v1/projects/${address.project}/locations/local/events:tail`;
  const headers = { authorization: `Bearer ${adminToken}` };
  const [response] = (await once(get({ port: address.loopbackPort, path, headers }), 'response')) as [IncomingMessage];
  return response;
}

test('a consumer that never acknowledges holds up neither devices nor other consumers', async () => {
  await using platform = await startTestPlatform();
  const { project } = platform.address;
  const { subscriptions } = apiOf(platform);
  await subscriptions.create(project, 'silent', { ackDeadlineSeconds: 600 });
  const device = await publisher(platform, { events: 8_000 });
  const published = publishThroughout(device, platform.address);
  let delivered = 0;
  // It takes all that it is given, until it is given no more.
  for (let isFull = false; !isFull;) {
    const pulled = await subscriptions.pull(project, 'silent', { maxMessages: 1_000 });
    delivered += pulled.receivedMessages.length;
    isFull = pulled.receivedMessages.length === 0;
  }
  await published;
  assert.equal(delivered, 5_000, 'so many may be without acknowledgement');
  const texts = await platform.pullAllEvents();
  const found = texts.map(({ payload }, index) => ({ sequence: index + 1, device: 'pump-1', text: payload }));
  const { present, duplicates, violations } = await checkedAgainst([device], PAYLOAD_BYTES, found);
  assert.deepEqual([present, duplicates, violations], [8_000, 0, []]);
});

/** The lines of what was read of a stream, and of what is left of it. */
async function* linesOf(read: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let text = Buffer.concat(read).toString();
  for await (const chunk of rest) {
    const lines = `${text}${chunk.toString('latin1')}`.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
}

test('a consumer of the tail that reads byte by byte holds up no device, and is told what it has missed', async () => {
  await using platform = await startTestPlatform();
  const response = await tail(platform);
  // A byte for each batch of acknowledgements: far slower than events come.
  const bytes: Buffer[] = [];
  const onAcknowledged = (): void => {
    const byte = response.read(1) as Buffer | null;
    if (byte !== null) bytes.push(byte);
  };
  const device = await publisher(platform, { events: 30_000, onAcknowledged });
  await publishThroughout(device, platform.address);
  assert.equal(device.sent.acknowledgedCount, 30_000, 'all are acknowledged before it has read more');

  const found: FoundEvent[] = [];
  let missed = 0;
  for await (const line of linesOf(bytes, response)) {
    if (line === '') continue;
    const message = JSON.parse(line) as Message | { readonly missedEvents: string };
    if ('missedEvents' in message) missed += Number(message.missedEvents);
    else found.push(foundEvent(message));
    if (found.length + missed === 30_000) break;
  }
  assert.ok(missed > 0);
  const rising = found.every((event, index) => event.sequence > (found[index - 1]?.sequence ?? 0));
  assert.ok(rising, 'what it gets is in order, each once');
});

test('a consumer that is killed again and again gets every event', async () => {
  await using platform = await startTestPlatform();
  const { address } = platform;
  await apiOf(platform).subscriptions.create(address.project, 'killed');
  const device = await publisher(platform, { events: 3_000 });
  const published = publishThroughout(device, address);
  const found = new Map<number, FoundEvent>();
  const note = (line: string): void => {
    const event = foundEvent((JSON.parse(line) as { readonly message: Message }).message);
    assert.deepEqual(found.get(event.sequence) ?? event, event, 'a sequence names one event');
    found.set(event.sequence, event);
  };
  const options = ['--data', address.dataFolder, '--subscription', 'killed', '--ack', '--max', '50', '--json'];
  const consume = (): Program => new Program(process.execPath, [MKIOT, 'events', 'pull', '--follow', ...options]);
  for (let kills = 0; kills < 4; kills++) {
    await using consumer = consume();
    const linesToLive = randomInt(1, 500);
    for (let lines = 0, from = 0; lines < linesToLive; lines++) from = (await consumer.line(WHOLE, from)).number + 1;
    consumer.kill('SIGKILL');
    await consumer.exit;
    // What it has printed it may have acknowledged; the last line may be cut short.
    for (const line of consumer.output.split('\n')) if (WHOLE.test(line)) note(line);
  }
  // The last one also gets what others were given and died over, when its deadline has passed.
  await using survivor = consume();
  for (let from = 0; found.size < 3_000;) {
    const { number, match } = await survivor.line(WHOLE, from);
    note(match[0]);
    from = number + 1;
  }
  await published;
  const inOrder = [...found.values()].toSorted((a, b) => a.sequence - b.sequence);
  const { present, duplicates, violations } = await checkedAgainst([device], PAYLOAD_BYTES, inOrder);
  assert.deepEqual([present, duplicates, violations], [3_000, 0, []]);
});
