import type { RegistryFields } from '@mkiot/core/api/clientRegistries';
import { type DeviceLogin, LOG_LEVELS, type LogLevel, type WillHandling } from '@mkiot/core/api/resources';
import { type Command, Option } from 'commander';
import { durationSeconds } from '../../arguments.ts';

/** The options that say what a registry is like, at its creation and later. */
export interface RegistryOptions {
  readonly logLevel?: LogLevel;
  readonly mqtt?: 'enabled' | 'disabled';
  readonly maxTokenLifetime?: number;
  readonly maxSession?: number;
  readonly stateRate?: 'burst' | 'strict';
  readonly maximumQos?: '1' | '2';
  readonly wills?: keyof typeof WILL_CHOICES;
  readonly deviceLogin?: keyof typeof DEVICE_LOGIN_CHOICES;
}

/** What the API calls the choices of `--device-login`. */
const DEVICE_LOGIN_CHOICES = {
  'clock-allowed': 'CLOCK_ALLOWED',
  'nonce-required': 'NONCE_REQUIRED',
  'exporter-required': 'EXPORTER_REQUIRED',
} as const satisfies Readonly<Record<string, DeviceLogin>>;

/** What the API calls the choices of `--wills`. */
const WILL_CHOICES = { ignore: 'IGNORE', publish: 'PUBLISH' } as const satisfies Readonly<Record<string, WillHandling>>;

export function addRegistryOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--log-level <level>', 'how much is logged about its devices').choices(Object.keys(LOG_LEVELS)),
    )
    .addOption(new Option('--mqtt <state>', 'whether its devices may connect').choices(['enabled', 'disabled']))
    .option(
      '--max-token-lifetime <duration>',
      'longest life of a device token, at most 24h',
      durationSeconds('--max-token-lifetime'),
    )
    .option('--max-session <duration>', 'longest life of a connection, at most 24h', durationSeconds('--max-session'))
    .addOption(
      new Option('--state-rate <rule>', 'one state a second, with a short burst or strictly').choices([
        'burst',
        'strict',
      ]),
    )
    .addOption(
      new Option(
        '--maximum-qos <level>',
        '1: who publishes at QoS 2 is disconnected, as at IoT Core; 2: full QoS 2, both ways',
      ).choices(['1', '2']),
    )
    .addOption(
      new Option(
        '--wills <rule>',
        'ignore: the will of a device does nothing, as at IoT Core; publish: it is an event once the device is lost',
      ).choices(Object.keys(WILL_CHOICES)),
    )
    .addOption(
      new Option(
        '--device-login <rule>',
        "what proves that a login is new: the device's own clock, only a nonce of the server, or only one bound to the TLS connection",
      ).choices(Object.keys(DEVICE_LOGIN_CHOICES)),
    );
}

/** The fields that the options name, and the update mask with just these. */
export function registryFields(options: RegistryOptions): { fields: RegistryFields; updateMask: readonly string[] } {
  const { logLevel, mqtt, maxTokenLifetime, maxSession, stateRate, maximumQos, wills, deviceLogin } = options;
  const policy = {
    ...(maxTokenLifetime === undefined ? {} : { maxTokenLifetime: `${maxTokenLifetime}s` }),
    ...(maxSession === undefined ? {} : { maxSession: `${maxSession}s` }),
    ...(stateRate === undefined ? {} : { strictStateRate: stateRate === 'strict' }),
    ...(maximumQos === undefined ? {} : { maximumQos: maximumQos === '2' ? (2 as const) : (1 as const) }),
    ...(wills === undefined ? {} : { wills: WILL_CHOICES[wills] }),
    ...(deviceLogin === undefined ? {} : { deviceLogin: DEVICE_LOGIN_CHOICES[deviceLogin] }),
  };
  const policyMask = Object.keys(policy).map((name) => `policy.${name}`);
  const fields: RegistryFields = {
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(mqtt === undefined
      ? {}
      : { mqttConfig: { mqttEnabledState: mqtt === 'enabled' ? 'MQTT_ENABLED' : 'MQTT_DISABLED' } }),
    ...(policyMask.length === 0 ? {} : { policy }),
  };
  const updateMask = Object.keys(fields).filter((name) => name !== 'policy');
  return { fields, updateMask: [...updateMask, ...policyMask] };
}
