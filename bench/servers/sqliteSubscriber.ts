// The program beside mosquitto: a job as JSON on standard input, then everything that is published into SQLite, in batches.
import { connectAsync } from 'mqtt';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import type { PasswordLogin } from './passwordLogin.ts';
import { ALL_DEVICES, subscriberOptions } from './subscriber.ts';

export interface SubscriberJob {
  readonly port: number;
  readonly authority: string;
  readonly login: PasswordLogin;
  /** File that it makes, with the table `events`. */
  readonly database: string;
}

/** A commit waits for the disk: so many messages share one, and none waits longer than this for company. */
const BATCH = 1_000;
const BATCH_MS = 50;

const { port, authority, login, database: file } = JSON.parse(await text(process.stdin)) as SubscriberJob;
const database = new DatabaseSync(file);
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE events (id INTEGER PRIMARY KEY, received_ms INTEGER, topic TEXT, payload BLOB)`);
const insert = database.prepare('INSERT INTO events (received_ms, topic, payload) VALUES (?, ?, ?)');

const waiting: [receivedMs: number, topic: string, payload: Uint8Array][] = [];
let timer: NodeJS.Timeout | undefined;

const client = await connectAsync(subscriberOptions(port, authority, login));
client.on('message', (topic, payload) => {
  waiting.push([Date.now(), topic, payload]);
  if (waiting.length >= BATCH) write();
  else timer ??= setTimeout(write, BATCH_MS);
});
await client.subscribeAsync(ALL_DEVICES, { qos: 1 });
console.log('subscribed');

process.once('SIGTERM', () => {
  write();
  database.close();
  process.exit(0);
});

function write(): void {
  clearTimeout(timer);
  timer = undefined;
  database.exec('BEGIN');
  for (const event of waiting) insert.run(...event);
  database.exec('COMMIT');
  waiting.length = 0;
}
