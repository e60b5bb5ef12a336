import type { Clock } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { SharedAddressWatch, ShutOut } from '../bridge/addressWatch.ts';
import { isLoopback } from '../http/loopback.ts';
import { TokenBucket } from '../quotas/tokenBucket.ts';
import { networkOf } from '../runtime/addressNetwork.ts';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';
import { Guests } from './guests.ts';

/** What brings a ban, and how much of {@link FAULTS_A_MINUTE} one of it is. */
const WEIGHTS = {
  /** What came over TLS is neither MQTT nor HTTP. */
  PROTOCOL_GARBAGE: 10,
  /** A connection was opened and came to nothing: no TLS, or no CONNECT. */
  HANDSHAKE_FLOOD: 1,
} as const;

export type BanCause = keyof typeof WEIGHTS;

const FAULTS_A_MINUTE = 100;
const MINUTE_MS = 60_000;
const FIRST_BAN_MS = 10_000;
const LONGEST_BAN_MS = 5 * MINUTE_MS;
/** Who was quiet for so long after a ban begins anew. */
const FORGIVEN_MS = 60 * MINUTE_MS;
const OFFENDERS_KEPT = 10_000;

/** An address that is not let in. Wall clock, milliseconds since 1970. */
export interface Ban {
  /** An IPv4 address, or a /64 network of IPv6. */
  readonly network: string;
  readonly cause: BanCause;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Connections that were not taken. */
  readonly refused: number;
}

interface Offender {
  /** What is left before the next ban. */
  faults: TokenBucket;
  bans: number;
  /** Monotonic; of the last ban, which may be over. */
  untilMs: number;
  ban: { -readonly [Name in keyof Ban]: Ban[Name] } | undefined;
}

export interface BansOptions {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Addresses that are never banned. Default: this machine's own. */
  readonly isExempt?: ((address: string) => boolean) | undefined;
}

/**
 * Addresses that send nothing but garbage or handshakes are not let in for a while: ten seconds, and twice as long each time, up to
 * five minutes. Refused logins bring no ban, and where a device that has shown who it is comes from is never banned: many
 * may come from one address. In memory only, and of a bounded number of addresses.
 */
export class Bans implements SharedAddressWatch {
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #isExempt: (address: string) => boolean;
  readonly #guests: Guests;
  readonly #offenders = new RecentlyUsed<string, Offender>(OFFENDERS_KEPT);
  readonly #callbacks = new Set<(change: ShutOut) => void>();
  #banned = 0;
  #refused = 0;

  constructor({ clock, logger, isExempt = isLoopback }: BansOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#isExempt = isExempt;
    this.#guests = new Guests(clock);
  }

  /** Totals since the start. */
  get counts(): { readonly bans: number; readonly refused: number } {
    return { bans: this.#banned, refused: this.#refused };
  }

  admits(address: string): boolean {
    const offender = this.#offenders.get(networkOf(address));
    if (offender?.ban === undefined || !this.#isBanned(offender)) return true;
    offender.ban.refused++;
    this.#refused++;
    return false;
  }

  abandoned(address: string): void {
    this.#fault(address, 'HANDSHAKE_FLOOD');
  }

  /** What came from there over TLS was no protocol of ours. */
  garbage(address: string): void {
    this.#fault(address, 'PROTOCOL_GARBAGE');
  }

  /** A device that has shown who it is has a session. */
  entered(address: string): void {
    const network = networkOf(address);
    this.#guests.entered(network);
    this.#forget(network);
  }

  /** Its session has ended. */
  left(address: string): void {
    this.#guests.left(networkOf(address));
  }

  /** A device has shown who it is, for one call. */
  seen(address: string): void {
    const network = networkOf(address);
    this.#guests.seen(network);
    this.#forget(network);
  }

  /** Those that hold now. */
  list(): readonly Ban[] {
    return [...this.#offenders.entries()].flatMap(([, offender]) =>
      offender.ban !== undefined && this.#isBanned(offender) ? [{ ...offender.ban }] : [],
    );
  }

  /** The ban that holds now for this address or network, if there is one. */
  find(address: string): Ban | undefined {
    const network = networkOf(address);
    return this.list().find((ban) => ban.network === network);
  }

  /** Lets an address in again; its faults are forgotten. */
  lift(address: string): void {
    this.#forget(networkOf(address));
  }

  shutOut(): readonly ShutOut[] {
    const nowMs = this.#clock.monotonic();
    return [...this.#offenders.entries()]
      .map(([network, { untilMs }]) => ({ network, forMs: untilMs - nowMs }))
      .filter(({ forMs }) => forMs > 0);
  }

  onChange(callback: (change: ShutOut) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  #tell(change: ShutOut): void {
    for (const callback of this.#callbacks) callback(change);
  }

  #forget(network: string): void {
    const offender = this.#offenders.get(network);
    this.#offenders.delete(network);
    if (offender !== undefined && this.#isBanned(offender)) this.#tell({ network, forMs: 0 });
  }

  #isBanned({ untilMs }: Offender): boolean {
    return this.#clock.monotonic() < untilMs;
  }

  #fault(address: string, cause: BanCause): void {
    const network = networkOf(address);
    if (this.#isExempt(address) || this.#guests.has(network)) return;
    const nowMs = this.#clock.monotonic();
    const offender = this.#offenders.get(network) ?? newOffender(nowMs);
    this.#offenders.set(network, offender);
    if (this.#isBanned(offender) || offender.faults.take(WEIGHTS[cause], nowMs)) return;
    if (nowMs - offender.untilMs > FORGIVEN_MS) offender.bans = 0;
    const durationMs = Math.min(FIRST_BAN_MS * 2 ** offender.bans++, LONGEST_BAN_MS);
    const sinceMs = this.#clock.now();
    offender.faults = newFaults(nowMs);
    offender.untilMs = nowMs + durationMs;
    offender.ban = { network, cause, sinceMs, untilMs: sinceMs + durationMs, refused: 0 };
    this.#banned++;
    this.#tell({ network, forMs: durationMs });
    this.#logger.warn({ address: network, cause, seconds: durationMs / 1_000 }, 'an address is banned');
  }
}

function newOffender(nowMs: number): Offender {
  return { faults: newFaults(nowMs), bans: 0, untilMs: Number.NEGATIVE_INFINITY, ban: undefined };
}

function newFaults(nowMs: number): TokenBucket {
  return new TokenBucket(FAULTS_A_MINUTE, MINUTE_MS, nowMs);
}
