import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ConnectPacket, Will } from '@mkiot/core/mqtt/connect';
import { BridgeBench } from '../bridge.testing.ts';
import type { MemorySessionStore } from '../keptSessions/sessionStore.testing.ts';

/** A will on the device's events topic. */
export function willOf(text = 'gone', changes: Partial<Will> = {}): Will {
  return { topic: '/devices/pump-1/events/gone', payload: utf8Encode(text), qos: 1, retain: false, ...changes };
}

/** A CONNECT of MQTT 5.0 with a will, in a session that outlives its connection. */
export function keptWith(
  text: string,
  { expirySeconds = 60, delaySeconds = 30 }: { readonly expirySeconds?: number; readonly delaySeconds?: number } = {},
): Partial<ConnectPacket> {
  return {
    protocolLevel: 5,
    cleanSession: false,
    keepAliveSeconds: 0,
    properties: { sessionExpiryIntervalSeconds: expirySeconds },
    will: willOf(text, { properties: { willDelayIntervalSeconds: delaySeconds } }),
  };
}

interface WillBenchOptions {
  /** What an earlier run of the platform has stored. */
  readonly store?: MemorySessionStore;
  /** Wall clock at the start. */
  readonly startMs?: number;
  /** What every lookup of a device waits for. */
  readonly lookups?: Promise<void>;
}

/** A bridge whose domain publishes wills. */
export function willBench({ store, startMs, lookups }: WillBenchOptions = {}): BridgeBench {
  const kept = store && { sessionStore: store, storedSessions: store.read() };
  return new BridgeBench({}, 0, kept, ({ domain, clock }) => {
    if (startMs !== undefined) clock.setWallClock(startMs);
    domain.hasWills = true;
    const { wills } = domain;
    return {
      wills: {
        arePublished: (principal) => wills.arePublished(principal),
        principalOf: async (kept) => {
          await lookups;
          return wills.principalOf(kept);
        },
      },
    };
  });
}

/** The wills that have come through, and nothing else that devices have published. */
export function published({ domain }: BridgeBench): readonly string[] {
  return domain.messages.filter((message) => message.published?.isWill === true).map(({ text }) => text);
}

/** The orderly end of the platform, which takes three seconds. */
export async function stop(bench: BridgeBench): Promise<void> {
  const stopped = bench.bridge.close();
  await bench.pass(3_000);
  await stopped;
}
