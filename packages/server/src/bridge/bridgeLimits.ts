import { LIMITS } from '@mkiot/core/contract/limits';

/** What one connection may cost. Sizes in bytes, times in milliseconds. */
export interface BridgeLimits {
  /** A CONNECT that is longer is refused: it is the only thing that a stranger can make us keep. */
  readonly connectBytes: number;
  /** Longest packet after the login. */
  readonly packetBytes: number;
  /** From the acceptance of the TCP connection to the last byte of CONNECT, and again from there to the verdict. */
  readonly loginMs: number;
  /** Longest silence, whatever the keep-alive says. */
  readonly idleMs: number;
  /**
   * QoS 1 messages of a device whose fate is open, up to 65,535. When there are more, its socket is not read; in MQTT 5.0 it
   * was told the number and is closed.
   */
  readonly unsettledPublishes: number;
  /** Messages to a device that it has not acknowledged. */
  readonly inFlight: number;
  /** How long a session may outlive its connection; 0: none does, as at IoT Core. */
  readonly sessionExpirySeconds: number;
  /** Messages that a kept session holds for its device. */
  readonly queuedMessages: number;
  /** Their bytes. */
  readonly queuedBytes: number;
  /** The same of all kept sessions together: they are in memory. */
  readonly queuedTotalBytes: number;
  /** The highest topic alias of MQTT 5.0; a device publishes to a handful of topics. */
  readonly topicAliases: number;
  /** Devices that may be attached to a gateway at a time. */
  readonly attachedDevices: number;
  /** Bytes waiting for a device to read them; when there are more, its socket is not read and nothing is delivered. */
  readonly outgoingBytes: number;
  /** A device that reads nothing for so long is closed. */
  readonly writeMs: number;
  /** How long a closed connection may take to hear of it. */
  readonly lingerMs: number;
  /** How often all these times are looked at. */
  readonly sweepMs: number;
}

/** Room for a topic, a packet identifier and the fixed header around the longest payload. */
const PACKET_ENVELOPE_BYTES = 1_024;

export const DEFAULT_BRIDGE_LIMITS: BridgeLimits = {
  connectBytes: 16_384,
  packetBytes: LIMITS.eventBytes + PACKET_ENVELOPE_BYTES,
  loginMs: 10_000,
  idleMs: LIMITS.idleMs,
  unsettledPublishes: 4_096,
  inFlight: 128,
  sessionExpirySeconds: 86_400,
  queuedMessages: 100,
  queuedBytes: 1_048_576,
  queuedTotalBytes: 67_108_864,
  topicAliases: 10,
  attachedDevices: LIMITS.attachedPerGateway,
  outgoingBytes: 1_048_576,
  writeMs: 60_000,
  lingerMs: 2_000,
  sweepMs: 1_000,
};
