// MQTT 5.0, section 3.3.2.3.4: topic alias.
import type { PublishPacket } from '@mkiot/core/mqtt/publish';

/**
 * Numbers for the topics that a device publishes to: a name of some 40 bytes goes out once a connection, then 3 bytes stand
 * for it. A device has fewer topics than a server allows, and those that come when the numbers are used up go by name.
 */
export class TopicAliases {
  readonly #maximum: number;
  readonly #aliases = new Map<string, number>();

  /** @param maximum how many the server takes; 0 for none, and always at MQTT 3.1.1 */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** `packet` as it goes out: with its name, with name and new number, or with the number alone. */
  apply(packet: PublishPacket): PublishPacket {
    const { topic, properties } = packet;
    const known = this.#aliases.get(topic);
    if (known !== undefined) return { ...packet, topic: '', properties: { ...properties, topicAlias: known } };
    if (this.#aliases.size >= this.#maximum) return packet;
    const topicAlias = this.#aliases.size + 1;
    this.#aliases.set(topic, topicAlias);
    return { ...packet, properties: { ...properties, topicAlias } };
  }
}
