import type { PlatformAddress } from '../support/platformUser.ts';
import { type CheckResult, EventCheck, type FoundEvent } from './eventCheck.ts';
import type { Publisher } from './publisher.ts';

/** Publishes all its events, connecting again whenever the platform ends the connection. */
export async function publishThroughout(publisher: Publisher, address: PlatformAddress): Promise<void> {
  while (!publisher.isDone) {
    if (!(await publisher.publish(address))) throw new Error('the platform is gone');
  }
}

/** Holds what was found against what these devices were promised. */
export async function checkedAgainst(
  publishers: readonly Publisher[],
  payloadBytes: number,
  found: AsyncIterable<FoundEvent> | Iterable<FoundEvent>,
): Promise<CheckResult> {
  const check = new EventCheck(new Map(publishers.map(({ device, sent }) => [device.name.device, sent])), payloadBytes);
  for await (const event of found) check.saw(event);
  return check.result();
}
