import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason, LoginAttempt, LoginVerdict, Principal, VerdictProperties } from '../hooks.ts';

export type AcceptedLogin<P extends Principal> = Extract<LoginVerdict<P>, { accepted: true }>;

export interface RefusedLogin extends VerdictProperties {
  readonly accepted: false;
  readonly reason: CloseReason;
  /** Who has shown who it is may know why it is refused. */
  readonly isKnown?: true;
}

/**
 * What becomes of a CONNECT: an accepted login, or why there is none; `undefined` when `decide` has asked the device for more.
 * A device that has connected once more while this login was being decided keeps its later session: the last connection
 * wins, not the slowest login.
 */
export async function decideLogin<P extends Principal>(
  context: BridgeContext<P>,
  attempt: Pick<LoginAttempt, 'remoteAddress'>,
  epoch: number,
  decide: () => Promise<LoginVerdict<P> | undefined>,
): Promise<AcceptedLogin<P> | RefusedLogin | undefined> {
  let verdict: LoginVerdict<P> | undefined;
  try {
    verdict = await decide();
  } catch (error) {
    context.log.error({ err: error, address: attempt.remoteAddress }, 'deciding a login failed');
    return { accepted: false, reason: closeReason('BRIDGE_FAILED') };
  }
  if (verdict === undefined) return undefined;
  if (!verdict.accepted) return { ...verdict, reason: closeReason('LOGIN_REFUSED', verdict.reason) };
  const current = context.directory.get(verdict.principal.key);
  const isOvertaken = current !== undefined && current.epoch > epoch;
  if (isOvertaken) return { accepted: false, reason: closeReason('LOGIN_OVERTAKEN') };
  const refusal = context.hooks.refusal?.(verdict.principal);
  return refusal === undefined ? verdict : { accepted: false, reason: refusal, isKnown: true };
}
