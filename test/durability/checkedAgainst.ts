import { type CheckResult, EventCheck, type FoundEvent } from './eventCheck.ts';
import type { Publisher } from './publisher.ts';

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
