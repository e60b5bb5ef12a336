import type { DeviceRegistry } from '@mkiot/core/api/resources';
import { fieldLines } from '../../output/fields.ts';

/** A registry for a person. */
export function registryLines({ id, name, mqttConfig, logLevel, policy }: DeviceRegistry): readonly string[] {
  return fieldLines({
    Registry: id,
    Name: name,
    MQTT: mqttConfig.mqttEnabledState,
    'Log level': logLevel,
    'Max token lifetime': policy?.maxTokenLifetime,
    'Max session': policy?.maxSession,
    'State rate': policy && (policy.strictStateRate ? 'strictly one a second' : 'one a second, with a short burst'),
    'Maximum QoS': policy && String(policy.maximumQos),
    Wills: policy && (policy.wills === 'PUBLISH' ? 'published as events' : 'ignored'),
    'Device login': policy?.deviceLogin,
  });
}
