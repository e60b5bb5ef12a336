import type { PlatformAddress } from '../support/platformUser.ts';
import type { Publisher } from './publisher.ts';

/** Publishes all its events, connecting again whenever the platform ends the connection. */
export async function publishThroughout(publisher: Publisher, address: PlatformAddress): Promise<void> {
  while (!publisher.isDone) {
    if (!(await publisher.publish(address))) throw new Error('the platform is gone');
  }
}
