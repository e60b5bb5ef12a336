import type { EventMessage } from '@mkiot/core/api/resources';
import { formatTimestamp } from '../http/protoJson.ts';
import type { LoggedEvent } from './eventLog.ts';

/** An event as the Pub/Sub message that IoT Core's bridge made of it, with the same attributes. */
export function eventMessage(event: LoggedEvent): EventMessage {
  const { payload } = event;
  return {
    data: Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('base64'),
    attributes: {
      deviceId: event.deviceId,
      deviceNumId: String(event.deviceNumId),
      deviceRegistryId: event.registry,
      deviceRegistryLocation: event.location,
      projectId: event.project,
      subFolder: event.subfolder,
      ...(event.gatewayId === undefined ? {} : { gatewayId: event.gatewayId }),
      ...(event.isWill === undefined ? {} : { will: 'true' }),
    },
    messageId: String(event.sequence),
    publishTime: formatTimestamp(event.receivedAtMs),
  };
}
