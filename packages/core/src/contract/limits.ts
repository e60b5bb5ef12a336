/**
 * The contract limits of IoT Core (its `/iot/quotas` page). They are always on; quotas such as messages a second are
 * server settings. Sizes are in bytes, times in milliseconds.
 */
export const LIMITS = {
  deviceIdLength: { min: 3, max: 255 },
  subfolderBytes: 256,
  eventBytes: 262_144,
  stateBytes: 65_536,
  configBytes: 65_536,
  commandBytes: 262_144,
  configVersionsKept: 10,
  statesKept: 10,
  credentialsPerDevice: 3,
  certificatesPerRegistry: 10,
  devicesPerGateway: 10_000,
  gatewaysPerDevice: 10,
  attachedPerGateway: 1_000,
  metadataPairs: 500,
  metadataKeyBytes: 128,
  metadataValueBytes: 32_768,
  metadataTotalBytes: 262_144,
  listPage: 500,
  idsPerListRequest: 10_000,
  /** A password longer than this is not looked at. Google's C client sends less than 1 KB. */
  tokenBytes: 8_192,
  tokenSkewMs: 600_000,
  tokenLifetimeMs: 86_400_000,
  sessionMs: 86_400_000,
  idleMs: 1_200_000,
  /** One state a second with a short burst, so that clients that report `connected` first are not cut off. */
  stateBurst: 3,
  stateIntervalMs: 1_000,
} as const;
