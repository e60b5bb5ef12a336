import type { Timer } from '@mkiot/core/clock/clock';
import { formatDeviceTopic, parseDeviceTopic } from '@mkiot/core/contract/deviceTopics';
import { type Retry, runConnectionLoop, type SessionEnd } from './connection/connectionLoop.ts';
import type { MqttClient } from './connection/mqttClient.ts';
import type { CommandTarget } from './control/commands.ts';
import { DeviceControl } from './control/deviceControl.ts';
import { type BootReason, statePayload } from './control/deviceState.ts';
import { StateReporter } from './control/stateReporter.ts';
import { SelfEnrolment } from './enrolment/selfEnrolment.ts';
import { Heartbeat, HEARTBEAT_SUBFOLDER, heartbeatPayload } from './heartbeat.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { ReferenceDeviceOptions } from './referenceDevice.ts';
import { type Readings, Sampler } from './sensing/sampler.ts';
import { telemetryGroups, telemetryPayload } from './sensing/telemetry.ts';
import { MQTT_VERSIONS } from './connection/mqttVersion.ts';
import { Login } from './login/login.ts';
import { asMkiotError, runSession } from './session.ts';

/** What a reboot leaves to the acknowledgement of its command and to the state that reports it. */
const REBOOT_DELAY_MS = 1_500;

/**
 * One run of the firmware, from power-on to reboot or power-off. Everything that a restart forgets lives here; what it
 * must not forget lives in the outbox and the config store.
 */
export class Boot {
  readonly #options: ReferenceDeviceOptions;
  readonly #outbox: Outbox;
  readonly #boot: { readonly count: number; readonly reason: BootReason };
  readonly #startedMs: number;
  readonly #control: DeviceControl;
  readonly #sampler: Sampler;
  readonly #heartbeat: Heartbeat;
  readonly #state: StateReporter;
  readonly #login: Login;
  readonly #enrolment: SelfEnrolment | undefined;
  readonly #off = new AbortController();
  #rebootTimer: Timer | undefined;
  #sessions = 0;

  constructor(options: ReferenceDeviceOptions, outbox: Outbox, count: number, reason: BootReason) {
    const { clock, sensors, configStore, onEvent } = options;
    this.#options = options;
    this.#outbox = outbox;
    this.#boot = { count, reason };
    this.#startedMs = clock.monotonic();
    this.#control = new DeviceControl({
      clock,
      configStore,
      sensors: sensors.map(({ name }) => name),
      commandTarget: this.#commandTarget(),
      applyConfig: (config) => {
        this.#sampler.configure(config);
        this.#heartbeat.setInterval(config.heartbeatIntervalMs);
      },
      emit: onEvent,
    });
    this.#sampler = new Sampler(
      {
        clock,
        sensors,
        onReadings: (readings) => this.#sendTelemetry(readings),
        onSensorHealth: (sensor, healthy) => {
          onEvent({ type: healthy ? 'sensorRecovered' : 'sensorFailed', sensor });
          this.#state.changed();
        },
      },
      this.#control.config,
    );
    this.#heartbeat = new Heartbeat(clock, this.#control.config.heartbeatIntervalMs);
    this.#state = new StateReporter(clock);
    const { enrolment, identity } = options;
    this.#enrolment = enrolment && new SelfEnrolment({ ...enrolment, identity, clock, emit: onEvent });
    this.#login = new Login({
      clock,
      identity: options.identity,
      protocolLevel: MQTT_VERSIONS[options.settings.session.mqttVersion],
      tickets: options.ticketStore,
      askChallenge: options.askChallenge,
    });
  }

  /** Resolves when `signal` is aborted or a command has made the device reboot, and everything has come to rest. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, settings, onEvent, firmwareVersion } = this.#options;
    onEvent({ type: 'booted', boot: this.#boot.count, firmwareVersion });
    await this.#control.restoreConfig();
    const end = AbortSignal.any([signal, this.#off.signal]);
    const connection = {
      clock,
      random,
      backOff: settings.backOff,
      heldMs: settings.backOffResetMs,
      runSession: (end: AbortSignal) => this.#runSession(end),
      onRetry: (retry: Retry) => onEvent({ type: 'retrying', ...retry }),
    };
    const work = [this.#sampler.run(end), runConnectionLoop(connection, end)];
    try {
      await Promise.all(work);
    } finally {
      this.#rebootTimer?.cancel();
      this.#off.abort();
      await Promise.allSettled(work);
    }
  }

  async #runSession(signal: AbortSignal): Promise<SessionEnd> {
    const { identity, openStream, clock, random, settings, onEvent } = this.#options;
    try {
      await this.#enrolment?.beforeLogin(signal);
    } catch (error) {
      return { heldMs: 0, error: asMkiotError(error) };
    }
    const sessionsBefore = this.#sessions;
    const end = await runSession(
      {
        identity,
        login: this.#login,
        openStream,
        clock,
        random,
        settings: settings.session,
        outbox: this.#outbox,
        emit: onEvent,
        onMessage: (topic, payload) => this.#receive(topic, payload),
        opened: (client) => this.#opened(client),
      },
      signal,
    );
    if (this.#sessions > sessionsBefore) onEvent({ type: 'disconnected', ...end });
    return end;
  }

  #opened(client: MqttClient): () => void {
    this.#options.onEvent({ type: 'connected', reconnects: this.#sessions, login: this.#login.method });
    this.#sessions += 1;
    void this.#enrolment?.loggedIn();
    const stopHeartbeat = this.#heartbeat.attach(() => void this.#sendHeartbeat(client));
    const stopState = this.#state.attach(() => this.#sendState(client));
    return () => {
      stopHeartbeat();
      stopState();
    };
  }

  async #receive(topic: string, payload: Uint8Array): Promise<boolean> {
    const { device, kind } = parseDeviceTopic(topic) ?? {};
    // Whatever a confused server sends, nobody else's orders are ours.
    if (device !== this.#options.identity.name.device) return true;
    if (kind === 'config') await this.#control.receiveConfig(payload);
    if (kind === 'commands') this.#control.receiveCommand(payload);
    this.#state.changed();
    return true;
  }

  #commandTarget(): CommandTarget {
    const { clock, onEvent } = this.#options;
    return {
      uptimeMs: () => this.#uptimeMs(),
      identify: (durationMs) => onEvent({ type: 'identify', durationMs }),
      setInterval: (intervalMs) => this.#sampler.setInterval(intervalMs),
      reboot: () => void (this.#rebootTimer ??= clock.setTimer(REBOOT_DELAY_MS, () => this.#off.abort())),
    };
  }

  async #sendTelemetry(readings: Readings): Promise<void> {
    const { clock, sensors } = this.#options;
    for (const group of telemetryGroups(sensors, readings)) {
      await this.#outbox.add(group.subfolder, (sequence) => telemetryPayload(clock.now(), sequence, group.readings));
    }
  }

  async #sendHeartbeat(client: MqttClient): Promise<void> {
    const { clock, firmwareVersion, onEvent } = this.#options;
    const payload = heartbeatPayload({
      timeMs: clock.now(),
      uptimeMs: this.#uptimeMs(),
      firmwareVersion,
      reconnects: this.#sessions - 1,
      outbox: this.#outbox.fill,
    });
    const publication = await client.publish(this.#topic('events', HEARTBEAT_SUBFOLDER), payload, false);
    if (publication !== undefined) onEvent({ type: 'heartbeat', payload });
  }

  async #sendState(client: MqttClient): Promise<boolean> {
    const { clock, firmwareVersion, sensors, onEvent } = this.#options;
    const { config, configError, commandsReceived, commands } = this.#control;
    const payload = statePayload({
      timeMs: clock.now(),
      firmwareVersion,
      boot: this.#boot,
      intervalMs: this.#sampler.intervalMs,
      config,
      configError,
      commandsReceived,
      commands,
      sensors: sensors.map(({ name, unit }) => ({ name, unit, works: this.#sampler.works(name) })),
    });
    const publication = await client.publish(this.#topic('state', ''), payload, false);
    if (publication === undefined) return false;
    onEvent({ type: 'state', payload });
    return publication.acknowledged;
  }

  #topic(kind: 'events' | 'state', subfolder: string): string {
    return formatDeviceTopic({ device: this.#options.identity.name.device, kind, subfolder });
  }

  #uptimeMs(): number {
    return Math.round(this.#options.clock.monotonic() - this.#startedMs);
  }
}
