import type { CloseReason } from './hooks.ts';
import type { DropReason } from './keptSessionLink.ts';

/** Running totals of a bridge since its start, for metrics. */
export class BridgeCounts {
  connectionsAccepted = 0;
  loginsAccepted = 0;
  loginsRefused = 0;
  messagesReceived = 0;
  messageBytesReceived = 0;
  messagesDelivered = 0;
  messageBytesDelivered = 0;
  /** Ended connections by the code of their {@link CloseReason}. */
  readonly closed: Map<string, number> = new Map<string, number>();

  /** Messages that kept sessions have dropped, by reason. */
  readonly dropped: Map<DropReason, number> = new Map<DropReason, number>();

  messageDropped(reason: DropReason): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1);
  }

  connectionClosed(reason: CloseReason): void {
    this.closed.set(reason.code, (this.closed.get(reason.code) ?? 0) + 1);
  }
}
