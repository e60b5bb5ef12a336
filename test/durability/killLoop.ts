import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { type PlatformAddress, PlatformUser, takeOwnership, type TestDevice } from '../support/platformUser.ts';
import type { Program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { checkedAgainst } from './checkedAgainst.ts';
import type { FoundEvent } from './eventCheck.ts';
import { readLog } from './logReader.ts';
import { Publisher } from './publisher.ts';
import { SubscriptionReader } from './subscriptionReader.ts';

export interface KillLoopOptions {
  /** Acknowledged events to check. */
  readonly events: number;
  /** How often the platform is killed on the way, about. */
  readonly kills: number;
  readonly devices: number;
  readonly window: number;
  readonly payloadBytes: number;
  /** Told how it goes, a line at a time. */
  readonly report: (line: string) => void;
}

/** What the events of one way of reading them amount to. */
interface Reading {
  readonly events: number;
  readonly present: number;
  readonly duplicates: number;
}

export interface KillLoopResult {
  readonly kills: number;
  readonly killsDuringStart: number;
  readonly sent: number;
  readonly resent: number;
  readonly acknowledged: number;
  readonly log: Reading;
  readonly subscription: Reading & { readonly redeliveries: number };
  readonly violations: readonly string[];
}

/** One start in so many is killed before it has ended. */
const KILL_DURING_START = 5;
const LONGEST_START_MS = 1_500;
const LATEST_KILL_MS = 20;

/**
 * Runs the real platform under load, kills it with SIGKILL at random moments, starts it again, until so many events are
 * acknowledged; then reads them all back, from the files and by a subscription, and checks them.
 */
export async function runKillLoop(options: KillLoopOptions): Promise<KillLoopResult> {
  await using folder = await temporaryFolder();
  const loop = await KillLoop.begin(folder.path, options);
  while (loop.acknowledged < options.events) await loop.live();
  return await loop.check();
}

class KillLoop {
  readonly #folder: string;
  readonly #options: KillLoopOptions;
  readonly #publishers: readonly Publisher[];
  readonly #subscription: SubscriptionReader;
  readonly #violations: string[] = [];
  #kills = 0;
  #killsDuringStart = 0;
  #onAcknowledged: () => void = () => undefined;

  static async begin(folder: string, options: KillLoopOptions): Promise<KillLoop> {
    await using platform = mkiotUp(folder);
    const { address, setupCode } = await isUp(platform, folder);
    const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
    const subscription = new SubscriptionReader('durability', owner.adminToken);
    await subscription.create(address);
    const devices: TestDevice[] = [];
    for (let number = 1; number <= options.devices; number++) devices.push(await owner.createDevice(`pump-${number}`));
    return new KillLoop(folder, options, subscription, devices);
  }

  private constructor(
    folder: string,
    options: KillLoopOptions,
    subscription: SubscriptionReader,
    devices: readonly TestDevice[],
  ) {
    const { window, payloadBytes } = options;
    const onAcknowledged = (): void => this.#onAcknowledged();
    this.#folder = folder;
    this.#options = options;
    this.#subscription = subscription;
    this.#publishers = devices.map((device) => new Publisher(device, { window, payloadBytes, onAcknowledged }));
  }

  get acknowledged(): number {
    return this.#publishers.reduce((sum, { sent }) => sum + sent.acknowledgedCount, 0);
  }

  /** One life of the platform: from its start until it is killed. */
  async live(): Promise<void> {
    await using platform = mkiotUp(this.#folder);
    if (randomInt(KILL_DURING_START) === 0) {
      await pause(randomInt(LONGEST_START_MS));
      this.#killsDuringStart++;
    } else {
      const { address } = await isUp(platform, this.#folder);
      await this.#publishUntilKilled(platform, address);
    }
    platform.kill('SIGKILL');
    await platform.exit;
    this.#kills++;
    this.#options.report(`${this.#kills} kills, ${this.acknowledged} events acknowledged`);
  }

  async check(): Promise<KillLoopResult> {
    const violations = [...this.#violations, ...this.#publishers.flatMap((publisher) => publisher.violations)];
    const found: FoundEvent[] = [];
    for await (const event of readLog(this.#folder, (code) => violations.push(`the log tells ${code}`)))
      found.push(event);
    const log = await this.#checked(found, 'the log', violations);

    await using platform = mkiotUp(this.#folder);
    const { address } = await isUp(platform, this.#folder);
    await this.#subscription.readAll(address);
    violations.push(...this.#subscription.violations);
    const subscription = await this.#checked(this.#subscription.found, 'the subscription', violations);
    const sents = this.#publishers.map(({ sent }) => sent);
    return {
      kills: this.#kills,
      killsDuringStart: this.#killsDuringStart,
      sent: sents.reduce((sum, { sentCount }) => sum + sentCount, 0),
      resent: sents.reduce((sum, { resentCount }) => sum + resentCount, 0),
      acknowledged: this.acknowledged,
      log,
      subscription: { ...subscription, redeliveries: this.#subscription.redeliveries },
      violations,
    };
  }

  async #publishUntilKilled(platform: Program, address: PlatformAddress): Promise<void> {
    const { events, kills } = this.#options;
    const meanLife = Math.ceil(events / kills);
    const until = Math.min(events, this.acknowledged + randomInt(1, 2 * meanLife));
    const enough = new Promise<void>((resolve) => {
      this.#onAcknowledged = () => this.acknowledged >= until && resolve();
    });
    const working = [
      ...this.#publishers.map((publisher) => publisher.publish(address)),
      this.#subscription.readUntilGone(address),
    ];
    const endedByItself = await Promise.race([enough, platform.exit]);
    if (endedByItself !== undefined) this.#violations.push(`the platform ended by itself: ${platform.output}`);
    await pause(randomInt(LATEST_KILL_MS));
    platform.kill('SIGKILL');
    await Promise.all(working);
  }

  async #checked(found: readonly FoundEvent[], where: string, violations: string[]): Promise<Reading> {
    const result = await checkedAgainst(this.#publishers, this.#options.payloadBytes, found);
    violations.push(...result.violations.map((violation) => `${where}: ${violation}`));
    return { events: found.length, present: result.present, duplicates: result.duplicates };
  }
}
