import type { Clock } from '@mkiot/core/clock/clock';
import { formatDeviceTopic } from '@mkiot/core/contract/deviceTopics';
import type { MqttClient } from '../connection/mqttClient.ts';
import type { Emit } from '../deviceEvents.ts';
import type { Outbox } from './outbox.ts';

export interface OutboxSenderOptions {
  readonly outbox: Outbox;
  readonly client: MqttClient;
  readonly clock: Clock;
  /** The device id, for the topics. */
  readonly device: string;
  readonly emit: Emit;
}

/**
 * Sends what the outbox holds and what is added, oldest first, until `signal` is aborted or the
 * session ends. It begins at the oldest message
 * without acknowledgement, so after a lost connection the server sees what it missed in order, perhaps behind copies of
 * what it has.
 */
export async function sendOutbox(options: OutboxSenderOptions, signal: AbortSignal): Promise<void> {
  const { outbox, client, clock, device, emit } = options;
  outbox.rewind();
  for (let taken = await outbox.take(signal); taken !== undefined; taken = await outbox.take(signal)) {
    const { message, resent } = taken;
    const { sequence, subfolder, payload } = message;
    const topic = formatDeviceTopic({ device, kind: 'events', subfolder });
    const publication = await client.publish(topic, payload, resent);
    if (publication === undefined) return;
    emit({ type: 'published', sequence, subfolder, payload, resent });
    void publication.acknowledged.then((acknowledged) => {
      if (!acknowledged) return;
      outbox.acknowledge(sequence);
      emit({ type: 'acknowledged', sequence, latencyMs: clock.monotonic() - publication.sentMs });
    });
  }
}
