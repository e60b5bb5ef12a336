import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { DeviceSocket } from './deviceSocket.ts';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason, Principal, TlsExporter } from '../hooks.ts';
import { LoginPhase } from '../login/loginPhase.ts';
import { Outgoing } from './outgoing.ts';
import { type PacketConsumer, PacketReceiver } from './packetReceiver.ts';
import type { Phase, PhaseConnection } from './phase.ts';
import { tlsExporterOf } from './tlsExporter.ts';

/** One network connection from its acceptance to its end: first a stranger, then a session, closed exactly once. */
export class Connection<P extends Principal> implements PhaseConnection, PacketConsumer {
  readonly remoteAddress: string;
  readonly tlsExporter: TlsExporter | undefined;
  readonly outgoing: Outgoing;
  readonly #context: BridgeContext<P>;
  readonly #socket: DeviceSocket;
  readonly #receiver: PacketReceiver;
  #phase: Phase;
  /** Monotonic; `undefined` while it is open. */
  #closedAtMs: number | undefined = undefined;

  /**
   * @param acceptedAtMs when the TCP connection came, on the monotonic clock
   * @param closed told when the socket is no more
   */
  constructor(
    context: BridgeContext<P>,
    socket: DeviceSocket,
    remoteAddress: string,
    acceptedAtMs: number,
    closed: (connection: Connection<P>) => void,
  ) {
    this.remoteAddress = remoteAddress;
    this.tlsExporter = tlsExporterOf(socket);
    this.#context = context;
    this.#socket = socket;
    this.#phase = new LoginPhase(context, this, acceptedAtMs);
    this.#receiver = new PacketReceiver(socket, this, context.limits.connectBytes);
    this.outgoing = new Outgoing(socket, context.flushQueue, () => this.#resumeIfStopped());
    socket.on('error', (error) => this.close(lossReason(error)));
    socket.on('close', () => {
      this.ended();
      closed(this);
    });
  }

  get isClosed(): boolean {
    return this.#closedAtMs !== undefined;
  }

  get isStopped(): boolean {
    return this.#receiver.isStopped;
  }

  mayContinue(): boolean {
    return this.#phase.mayContinue();
  }

  resume(): void {
    this.#receiver.resume();
  }

  handle(packet: Packet): void {
    this.#phase.handle(packet);
  }

  enter(phase: Phase, packetBytes: number): void {
    this.#phase = phase;
    this.#receiver.maxPacketBytes = packetBytes;
  }

  failed(error: unknown): void {
    if (error instanceof MkiotError && error.blame === 'peer') {
      this.#phase.broken(error.code);
      this.close(closeReason('PROTOCOL_VIOLATION', error.message, reasonCodeOf(error)));
    } else {
      this.#context.log.error({ err: error, address: this.remoteAddress }, 'the domain failed at a packet');
      this.close(closeReason('BRIDGE_FAILED'));
    }
  }

  ended(): void {
    this.close(closeReason('CONNECTION_LOST'));
  }

  close(reason: CloseReason): void {
    if (this.isClosed) return;
    const { clock, counts, log } = this.#context;
    // Who went first is not listening.
    if (reason.by === 'SERVER' && !this.#socket.destroyed) this.#phase.sayWhy(reason);
    this.#closedAtMs = clock.monotonic();
    this.#receiver.discard();
    if (!this.#socket.destroyed) this.outgoing.end();
    counts.connectionClosed(reason);
    try {
      this.#phase.closed(reason);
    } catch (error) {
      log.error({ err: error, reason: reason.code }, 'the domain failed at the end of a connection');
    }
  }

  /** Looks at the time limits. */
  sweep(nowMs: number, wallClockMs: number): void {
    if (this.#closedAtMs === undefined) this.#phase.sweep(nowMs, wallClockMs);
    else if (nowMs - this.#closedAtMs >= this.#context.limits.lingerMs) this.#socket.destroy();
  }

  #resumeIfStopped(): void {
    if (this.#receiver.isStopped) this.#receiver.resume();
  }
}

/** A socket of Node fails by its peer or the network; one that a worker carries may fail with its worker. */
function lossReason(error: Error): CloseReason {
  const isOurs = error instanceof MkiotError && error.blame === 'us';
  return isOurs ? closeReason('WORKER_LOST') : closeReason('CONNECTION_LOST', `${error.message}.`);
}

/** What MQTT 5.0 calls the fault of a packet. */
function reasonCodeOf({ code, context }: MkiotError): number {
  if (code === 'MQTT_PACKET_TOO_LARGE') return REASON_CODES.PACKET_TOO_LARGE.code;
  return Number(context['reasonCode'] ?? REASON_CODES.PROTOCOL_ERROR.code);
}
