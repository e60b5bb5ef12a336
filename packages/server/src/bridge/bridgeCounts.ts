import type { CloseReason } from './hooks.ts';

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

  connectionClosed(reason: CloseReason): void {
    this.closed.set(reason.code, (this.closed.get(reason.code) ?? 0) + 1);
  }
}
