import type { EventMessage, MissedEvents } from '@mkiot/core/api/resources';
import { printable, printablePayload } from '../../output/printable.ts';

/** An event in one line: when, which device, which topic, what. A will says that it is one. */
export function eventLine({ publishTime, attributes, data }: EventMessage): string {
  const { deviceId = '', subFolder = '', will } = attributes;
  const topic = subFolder === '' ? 'events' : `events/${subFolder}`;
  return `${publishTime} ${printable(deviceId)} ${printable(topic)}${will === 'true' ? ' (will)' : ''} ${printablePayload(data)}`;
}

/** In the place of events that did not come. */
export function missedLine({ missedEvents }: MissedEvents): string {
  return `(${missedEvents} events were missed)`;
}
