import { Buffer } from 'node:buffer';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { TlsExporter } from '../bridge/hooks.ts';

/** Which keying material of a TLS connection logins are bound to. */
export interface ExporterTerms {
  readonly label: string;
  readonly bytes: number;
}

/** What the bridge is told of a connection that has come. */
export interface Arrival {
  readonly remoteAddress: string;
  /** Since its TCP connection came. Threads have no common monotonic clock. */
  readonly ageMs: number;
  /** The keying material, where the connection has some that both sides can rely on. */
  readonly exported: Uint8Array | undefined;
}

export function encodeArrival({ exported, ...arrival }: Arrival): Uint8Array {
  const text = exported === undefined ? undefined : Buffer.from(exported).toString('base64');
  return utf8Encode(JSON.stringify({ ...arrival, exported: text }));
}

export function decodeArrival(payload: Uint8Array): Arrival {
  const { exported, ...arrival } = JSON.parse(utf8Decode(payload)) as Omit<Arrival, 'exported'> & { exported?: string };
  return { ...arrival, exported: exported === undefined ? undefined : new Uint8Array(Buffer.from(exported, 'base64')) };
}

/** Gives what the worker has exported, and nothing else. */
export function arrivedExporter({ exported }: Arrival, terms: ExporterTerms): TlsExporter | undefined {
  if (exported === undefined) return undefined;
  return (label, bytes) => {
    if (label !== terms.label || bytes !== terms.bytes)
      throw new RangeError(`no worker exports ${bytes} bytes of ${label}`);
    return exported;
  };
}
