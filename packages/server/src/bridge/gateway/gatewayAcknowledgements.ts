/** Where the fate of what a gateway publishes for other devices goes: it has its turn among the gateway's own messages. */
export interface GatewayAcknowledgements {
  accepted(packetId: number, reasonCode?: number): void;
  /**
   * The message is not where a PUBACK promises it to be. In MQTT 3.1.1, which has no word for it, it gets none; in MQTT 5.0
   * one with `reasonCode`.
   */
  dropped(packetId: number, reasonCode: number): void;
}
