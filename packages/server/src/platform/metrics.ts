import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Bans } from '../admission/bans.ts';
import type { MqttBridge } from '../bridge/mqttBridge.ts';
import type { EventLog } from '../events/eventLog.ts';
import type { Retention } from '../events/retention.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { javascriptRuntime } from '../runtime/javascriptRuntime.ts';
import { platformHealth } from './health.ts';
import { version } from './version.ts';

export interface Measured {
  readonly bridge: MqttBridge<DevicePrincipal>;
  readonly eventLog: EventLog;
  readonly retention: Retention;
  readonly quotas: Quotas<DevicePrincipal>;
  readonly bans: Bans;
}

type Row = readonly [name: string, help: string, read: (measured: Measured) => number];

/** Totals since the start. */
const COUNTERS: readonly Row[] = [
  ['mkiot_mqtt_connections_accepted_total', 'Connections taken', ({ bridge }) => bridge.counts.connectionsAccepted],
  ['mkiot_mqtt_logins_accepted_total', 'Logins of devices', ({ bridge }) => bridge.counts.loginsAccepted],
  ['mkiot_mqtt_logins_refused_total', 'Refused logins', ({ bridge }) => bridge.counts.loginsRefused],
  ['mkiot_mqtt_messages_received_total', 'Messages from devices', ({ bridge }) => bridge.counts.messagesReceived],
  ['mkiot_mqtt_message_bytes_received_total', 'Their payload', ({ bridge }) => bridge.counts.messageBytesReceived],
  ['mkiot_mqtt_messages_delivered_total', 'Messages to devices', ({ bridge }) => bridge.counts.messagesDelivered],
  ['mkiot_mqtt_message_bytes_delivered_total', 'Their payload', ({ bridge }) => bridge.counts.messageBytesDelivered],
  ['mkiot_bans_total', 'Bans of addresses', ({ bans }) => bans.counts.bans],
  ['mkiot_bans_connections_refused_total', 'Connections from banned addresses', ({ bans }) => bans.counts.refused],
];

const GAUGES: readonly Row[] = [
  ['mkiot_bans', 'Addresses that are not let in', ({ bans }) => bans.list().length],
  ['mkiot_mqtt_connections', 'Open connections', ({ bridge }) => bridge.connectionCount],
  ['mkiot_mqtt_sessions', 'Devices with a session', ({ bridge }) => bridge.sessionCount],
  ['mkiot_sessions_kept', 'Sessions that outlive connections', ({ bridge }) => bridge.keptSessionCount],
  ['mkiot_sessions_messages', 'Messages to devices without PUBACK', ({ bridge }) => bridge.heldMessages.messages],
  ['mkiot_sessions_message_bytes', 'Their size', ({ bridge }) => bridge.heldMessages.bytes],
  ['mkiot_events_last_sequence', 'Sequence of the last event on disk', ({ eventLog }) => eventLog.lastCommitted],
  ['mkiot_events_first_sequence', 'Sequence of the oldest kept event', ({ eventLog }) => eventLog.firstKept],
  ['mkiot_events_saturated', '1 while devices are not read', ({ eventLog }) => Number(eventLog.saturated)],
  ['mkiot_events_waiting_bytes', 'Events in memory, not on disk yet', ({ eventLog }) => eventLog.waitingBytes],
  ['mkiot_events_held_bytes', 'Events kept only by a hold', ({ retention }) => retention.heldBytes],
  ['mkiot_events_failing', '1 while events cannot be stored', ({ eventLog }) => Number(eventLog.problem !== undefined)],
];

/** Prometheus metrics of the platform and of its process, read when they are asked for. */
export function platformMetrics(measured: Measured): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const [name, help, read] of COUNTERS) {
    const collect = function (this: Counter): void {
      this.reset();
      this.inc(read(measured));
    };
    registry.registerMetric(new Counter({ name, help, collect, registers: [] }));
  }
  for (const [name, help, read] of GAUGES) {
    const collect = function (this: Gauge): void {
      this.set(read(measured));
    };
    registry.registerMetric(new Gauge({ name, help, collect, registers: [] }));
  }
  registry.registerMetric(build());
  registry.registerMetric(closedConnections(measured));
  registry.registerMetric(droppedMessages(measured));
  registry.registerMetric(quotaExcesses(measured));
  registry.registerMetric(problems(measured));
  return registry;
}

function build(): Gauge<'version' | 'runtime' | 'runtime_version'> {
  const gauge = new Gauge({
    name: 'mkiot_build_info',
    help: '1; its labels say which MkIoT runs on what',
    labelNames: ['version', 'runtime', 'runtime_version'],
    registers: [],
  });
  gauge.set({ version, runtime: javascriptRuntime.name, runtime_version: javascriptRuntime.version }, 1);
  return gauge;
}

function closedConnections({ bridge }: Measured): Counter<'code'> {
  return new Counter({
    name: 'mkiot_mqtt_connections_closed_total',
    help: 'Ended connections by reason',
    labelNames: ['code'],
    registers: [],
    collect() {
      this.reset();
      for (const [code, count] of bridge.counts.closed) this.inc({ code }, count);
    },
  });
}

function droppedMessages({ bridge }: Measured): Counter<'reason'> {
  return new Counter({
    name: 'mkiot_sessions_messages_dropped_total',
    help: 'Messages that kept sessions have dropped, by reason',
    labelNames: ['reason'],
    registers: [],
    collect() {
      this.reset();
      for (const [reason, count] of bridge.counts.dropped) this.inc({ reason }, count);
    },
  });
}

function quotaExcesses({ quotas }: Measured): Counter<'quota'> {
  return new Counter({
    name: 'mkiot_quota_excesses_total',
    help: 'Logins, messages and calls refused by a quota',
    labelNames: ['quota'],
    registers: [],
    collect() {
      this.reset();
      for (const [quota, count] of quotas.counts()) this.inc({ quota }, count);
    },
  });
}

function problems(measured: Measured): Gauge<'code'> {
  return new Gauge({
    name: 'mkiot_problem',
    help: '1 for each thing that is wrong, as /healthz tells it',
    labelNames: ['code'],
    registers: [],
    collect() {
      this.reset();
      for (const { code } of platformHealth(measured)) this.set({ code }, 1);
    },
  });
}
