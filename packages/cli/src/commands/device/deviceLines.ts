import type { Device } from '@mkiot/core/api/resources';
import { fieldLines } from '../../output/fields.ts';
import { printablePayload } from '../../output/printable.ts';
import { presenceFields } from './presenceLines.ts';
import { provenanceFields } from './provenanceLines.ts';

/** A device for a person. */
export function deviceLines(device: Device): readonly string[] {
  const { config, state, lastErrorStatus, lastErrorTime } = device;
  const isGateway = device.gatewayConfig.gatewayType === 'GATEWAY';
  return fieldLines({
    Device: device.id,
    'Numeric id': device.numId,
    Name: device.name,
    Blocked: device.blocked ? 'yes' : 'no',
    'Log level': device.logLevel,
    Gateway: isGateway ? device.gatewayConfig.gatewayAuthMethod : undefined,
    Keys: `${device.credentials.length} (mkiot device keys list ${device.id})`,
    Metadata:
      Object.entries(device.metadata)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ') || undefined,
    ...provenanceFields(device.provenance),
    ...presenceFields(device.presence),
    'Last heartbeat': device.lastHeartbeatTime,
    'Last event': device.lastEventTime,
    'Last state': device.lastStateTime,
    'Config sent': device.lastConfigSendTime,
    'Config acknowledged': device.lastConfigAckTime,
    Config: config && `version ${config.version}: ${printablePayload(config.binaryData)}`,
    State: state && printablePayload(state.binaryData),
    'Last error': lastErrorStatus && `${lastErrorTime ?? ''} ${lastErrorStatus.message}`,
  });
}
