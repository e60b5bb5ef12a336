import type { Packet } from '@mkiot/core/mqtt/packet';
import type { CloseReason, TlsExporter } from '../hooks.ts';
import type { Outgoing } from './outgoing.ts';

/** What a connection is at a time: first a stranger's (login), then a session's. */
export interface Phase {
  /** Whether the next packet may come now. When not, the phase resumes the connection at its time. */
  mayContinue(): boolean;
  handle(packet: Packet): void;
  /** Looks at the time limits of the phase. `nowMs` is monotonic. */
  sweep(nowMs: number, wallClockMs: number): void;
  /** A packet broke the protocol with this MkiotError code: the last chance to answer it. */
  broken(errorCode: string): void;
  /** The connection is about to be closed: the last chance to say why. */
  sayWhy(reason: CloseReason): void;
  /** The connection has been closed: tells the domain. */
  closed(reason: CloseReason): void;
}

/** The connection under a phase, as far as a phase has to know it. */
export interface PhaseConnection {
  readonly remoteAddress: string;
  readonly tlsExporter: TlsExporter | undefined;
  readonly outgoing: Outgoing;
  readonly isClosed: boolean;
  /** Packets wait for the phase: the silence is ours then, not the device's. */
  readonly isStopped: boolean;
  /** Goes on reading where `mayContinue` has stopped it. */
  resume(): void;
  close(reason: CloseReason): void;
  /** The domain or a packet has failed. */
  failed(error: unknown): void;
  /** From here on packets of `packetBytes` are for `phase`. The caller resumes. */
  enter(phase: Phase, packetBytes: number): void;
}
