import type { EventMessage, MissedEvents } from '@mkiot/core/api/resources';
import { printable, printablePayload } from '../../output/printable.ts';

/** An event in one line: when, which device, which topic, what. */
export function eventLine({ publishTime, attributes, data }: EventMessage): string {
  const { deviceId = '', subFolder = '' } = attributes;
  const topic = subFolder === '' ? 'events' : `events/${subFolder}`;
  return `${publishTime} ${printable(deviceId)} ${printable(topic)} ${printablePayload(data)}`;
}

/** In the place of events that did not come. */
export function missedLine({ missedEvents }: MissedEvents): string {
  return `(${missedEvents} events were missed)`;
}
