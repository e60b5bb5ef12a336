import { connectAsync } from 'mqtt';
import { benchError } from '../benchErrors.ts';
import type { PasswordLogin } from './passwordLogin.ts';
import { ALL_DEVICES, subscriberOptions } from './subscriber.ts';

/**
 * Subscribes to what all devices publish and leaves, without ending its session: from then on the server has to keep
 * every message for it, as MkIoT keeps events for whoever reads them later. Delivering them costs nothing here.
 *
 * @throws `BENCH_SUBSCRIPTION_REFUSED`
 */
export async function leaveSubscriber(
  server: string,
  port: number,
  authority: string,
  login: PasswordLogin,
): Promise<void> {
  const client = await connectAsync({ ...subscriberOptions(port, authority, login), reconnectPeriod: 0 });
  try {
    await client.subscribeAsync(ALL_DEVICES, { qos: 1 });
  } catch (error) {
    throw benchError('BENCH_SUBSCRIPTION_REFUSED', { server }, error);
  } finally {
    await client.endAsync();
  }
}
