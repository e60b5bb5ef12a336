import type { DroppedMessage, DropReason, QueuedMessage } from '../keptSessionLink.ts';
import type { SessionMessage } from './sessionMessage.ts';

/** What the domain sees of a message that waits. */
export function queuedMessage(message: SessionMessage): QueuedMessage {
  const { sequence, kind, subfolder, payload, queuedAtMs, expiresAtMs, wasSent } = message;
  return { sequence, kind, subfolder, payloadBytes: payload.length, queuedAtMs, expiresAtMs, wasSent };
}

/** What the domain is told of a message that was dropped. */
export function droppedMessage(
  { key, deviceId }: { readonly key: number; readonly deviceId: string },
  message: SessionMessage,
  reason: DropReason,
): DroppedMessage {
  return { ...queuedMessage(message), key, deviceId, reason };
}
