import type { ShutOut } from '../bridge/addressWatch.ts';
import type { TlsCertificate } from '../bridge/listener/deviceListener.ts';
import type { ExporterTerms } from './arrival.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly host: string | undefined;
  readonly port: number;
  readonly certificate: TlsCertificate;
  readonly ticketKeys: Uint8Array<ArrayBuffer>;
  readonly handshakeMs: number;
  readonly shutOut: readonly ShutOut[];
  readonly exporter: ExporterTerms;
  /** Whether lines of the level `debug` are wanted. */
  readonly logsDebug: boolean;
}

/** What a worker is told. A buffer is a batch of frames; what is rare comes as an object. */
export type WorkerOrder =
  | ArrayBuffer
  | { readonly type: 'CERTIFICATE'; readonly certificate: TlsCertificate }
  | { readonly type: 'TICKET_KEYS'; readonly ticketKeys: Uint8Array<ArrayBuffer> }
  | { readonly type: 'SHUT_OUT'; readonly change: ShutOut }
  /** Accept nothing more and cut handshakes; connections that have been handed on stay. */
  | { readonly type: 'STOP' };

/** What a worker tells. */
export type WorkerNews =
  | ArrayBuffer
  | { readonly type: 'LISTENING' }
  | { readonly type: 'STOPPED' }
  | { readonly type: 'LOGGED'; readonly level: 'debug' | 'error'; readonly error: unknown; readonly text: string };
