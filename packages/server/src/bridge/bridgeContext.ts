import type { Clock } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { BridgeCounts } from './bridgeCounts.ts';
import type { BridgeLimits } from './bridgeLimits.ts';
import type { FlushQueue } from './connection/flushQueue.ts';
import type { AuthenticationMethod, BridgeHooks, Principal, PublishRoute, SubscribeRoute } from './hooks.ts';
import type { ReadGate } from './connection/readGate.ts';
import type { KeptSessions } from './keptSessions/keptSessions.ts';
import type { SessionDirectory } from './session/sessionDirectory.ts';
import type { TopicContract } from './topicContract.ts';
import type { Wills } from './wills/wills.ts';

/** What all connections of a bridge share. */
export interface BridgeContext<P extends Principal> {
  readonly hooks: BridgeHooks<P>;
  /** The tables of the hooks, by name and by kind. */
  readonly authenticationMethods: ReadonlyMap<string, AuthenticationMethod<P>>;
  readonly publishRoutes: ReadonlyMap<string, PublishRoute<P>>;
  readonly subscribeRoutes: ReadonlyMap<string, SubscribeRoute<P>>;
  readonly topics: TopicContract;
  readonly limits: BridgeLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly directory: SessionDirectory<P>;
  readonly keptSessions: KeptSessions;
  readonly wills: Wills<P>;
  readonly flushQueue: FlushQueue;
  readonly gate: ReadGate;
  readonly counts: BridgeCounts;
}
