import type { LoginAttempt, LoginTerms, Principal } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import type { Will } from '../wills/will.ts';

/** What a login has settled. */
export interface Opening<P extends Principal> {
  readonly login: LoginTerms<P>;
  readonly attempt: LoginAttempt;
  readonly epoch: number;
  readonly client: ClientTerms;
  readonly maximumQoS: 1 | 2;
  /** How long the session outlives the connection; 0: it does not. */
  readonly expirySeconds: number;
  readonly will: Will | undefined;
  /** The session was kept: the CONNACK has said so. */
  readonly sessionPresent: boolean;
  /** What CONNECT named, and what a re-authentication has to name again. */
  readonly authenticationMethod: string | undefined;
  /** What the device promised in CONNECT; 0: nothing. */
  readonly keepAliveSeconds: number;
  /** When the CONNECT came, on the monotonic clock. */
  readonly connectedAtMs: number;
}
