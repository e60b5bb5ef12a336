import { installAedes } from './aedes.ts';
import type { MeasuredServer, ServerOptions } from './measuredServer.ts';
import { installMosquitto, MOSQUITTO_PROGRAMS } from './mosquitto.ts';
import { installMosquittoWithSubscriber } from './mosquittoWithSubscriber.ts';
import { installNats, NATS_PROGRAMS } from './nats.ts';
import { installRabbitMq, RABBITMQ_PROGRAMS } from './rabbitMq.ts';

/** Something that people use in place of MkIoT. */
export interface Peer {
  /** The programs that it needs, by name or path, each with the Debian package that has it. */
  readonly programs: Readonly<Record<string, string>>;
  readonly install: (options: ServerOptions) => Promise<MeasuredServer>;
}

export const MOSQUITTO: Peer = { programs: MOSQUITTO_PROGRAMS, install: (options) => installMosquitto(options) };

export const PEERS: readonly Peer[] = [
  MOSQUITTO,
  { programs: MOSQUITTO_PROGRAMS, install: installMosquittoWithSubscriber },
  { programs: NATS_PROGRAMS, install: installNats },
  { programs: RABBITMQ_PROGRAMS, install: installRabbitMq },
  { programs: {}, install: installAedes },
];
