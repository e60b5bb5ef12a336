import type { Principal, Session } from '../hooks.ts';
import type { SessionState } from '../keptSessions/sessionState.ts';

/** A session as its parts see it. */
export interface OpenSession<P extends Principal> extends Session<P> {
  /** False once its connection is closed, or taken over: nothing is read or written any more. */
  readonly isOpen: boolean;
  readonly state: SessionState;
}
