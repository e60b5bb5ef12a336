/** What a start takes: who comes back sooner finds nobody. */
const START_SECONDS = 3;
/** About half of what one core can do (docs/performance.md): a herd leaves room for whoever gets no advice. */
const LOGINS_A_SECOND = 500;

/**
 * In how many seconds a device shall come back when the platform stops. Those that are told one after the other come back
 * one after the other, so that a large herd is spread over as long as it takes to let it in.
 *
 * @param position of the device among all that are told
 */
export function returnSeconds(position: number): number {
  return START_SECONDS + Math.floor(position / LOGINS_A_SECOND);
}
