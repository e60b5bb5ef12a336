import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason, LoginAttempt, LoginVerdict, Principal } from '../hooks.ts';

export type AcceptedLogin<P extends Principal> = Extract<LoginVerdict<P>, { accepted: true }>;

/**
 * What becomes of a CONNECT: an accepted login, or why there is none. A device that has connected once more while this
 * login was being decided keeps its later session: the last connection wins, not the slowest login.
 */
export async function decideLogin<P extends Principal>(
  context: BridgeContext<P>,
  attempt: LoginAttempt,
  epoch: number,
): Promise<AcceptedLogin<P> | CloseReason> {
  let verdict: LoginVerdict<P>;
  try {
    verdict = await context.hooks.authenticate(attempt);
  } catch (error) {
    context.log.error({ err: error, address: attempt.remoteAddress }, 'deciding a login failed');
    return closeReason('BRIDGE_FAILED');
  }
  if (!verdict.accepted) return closeReason('LOGIN_REFUSED', verdict.reason);
  const current = context.directory.get(verdict.principal.key);
  return current !== undefined && current.epoch > epoch ? closeReason('LOGIN_OVERTAKEN') : verdict;
}
