// How Bun serves a connection without a stream of Node above it: https://bun.com/docs/runtime/networking/tcp
import type { Server } from 'node:tls';
import { javascriptRuntime } from '../../runtime/javascriptRuntime.ts';
import { bridgeError } from '../bridgeErrors.ts';
import { BunSocket, type NativeSocket } from './bunSocket.ts';
import type { DeviceListener, ListenerLog, ListenerOptions, TlsCertificate } from './deviceListener.ts';
import { Handshakes } from './handshakes.ts';
import { ListenerTls } from './listenerTls.ts';
import { openPort } from './openPort.ts';

/** One set of callbacks for all connections of a listener. */
interface NativeHandlers {
  open(native: NativeSocket): void;
  handshake(native: NativeSocket, isSecured: boolean, problem: Error | null): void;
  data(native: NativeSocket, chunk: Uint8Array): void;
  drain(native: NativeSocket): void;
  end(native: NativeSocket): void;
  close(native: NativeSocket, error: Error | undefined): void;
  /** A callback of ours has thrown. */
  error(native: NativeSocket, error: Error): void;
}

/** What `Bun.listen` returns, and what is below a server of `node:net` there. */
interface NativeListener {
  reload(options: { readonly socket: NativeHandlers }): void;
}

/**
 * Accepts connections as Bun does it: each is one native socket. `node:tls` opens the port, so that the rules of TLS, a new
 * certificate and new ticket keys are those of every listener; then the native listener below it gets our callbacks, and
 * no stream of Node is made: logins are 1.2 of mosquitto's instead of 0.93, and an idle connection takes 16 KiB instead of 23
 * (docs/performance.md).
 */
export class BunListener implements DeviceListener {
  readonly #tls: ListenerTls;
  readonly #handshakes: Handshakes<BunSocket, BunSocket>;
  #port = 0;
  #connectionCount = 0;

  private constructor(options: ListenerOptions) {
    this.#handshakes = new Handshakes(options);
    this.#tls = new ListenerTls(options);
  }

  /** @throws `MQTT_LISTEN_FAILED`, `BUN_LISTENER_UNKNOWN` */
  static async listen(options: ListenerOptions): Promise<BunListener> {
    const listener = new BunListener(options);
    const { server } = listener.#tls;
    try {
      listener.#port = await openPort(server, options);
      // In the same turn of the event loop in which it began to listen: nobody has been accepted yet.
      nativeListenerBelow(server).reload({ socket: listener.#handlers(options.log) });
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  setSecureContext(certificate: TlsCertificate): void {
    this.#tls.setCertificate(certificate);
  }

  async close(): Promise<void> {
    this.#tls.close();
    this.#handshakes.close();
    this.#tls.server.close();
  }

  #handlers(log: ListenerLog): NativeHandlers {
    return {
      open: (native) => this.#opened(native),
      handshake: (native, isSecured, problem) => {
        if (isSecured) {
          this.#handshakes.secured(native.data, native.data);
        } else {
          log.debug({ err: problem }, 'a TLS handshake failed');
          native.data.destroy();
        }
      },
      data: ({ data: socket }, chunk) => socket.received(chunk),
      drain: ({ data: socket }) => socket.drained(),
      end: ({ data: socket }) => socket.ended(),
      close: ({ data: socket }, error) => {
        this.#connectionCount--;
        socket.closed(error);
      },
      error: ({ data: socket }, error) => {
        log.error({ err: error }, 'a connection failed by a fault of MkIoT');
        socket.destroy();
      },
    };
  }

  #opened(native: NativeSocket): void {
    this.#connectionCount++;
    const socket = new BunSocket(native);
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && this.#handshakes.admits(remoteAddress)) {
      this.#handshakes.begun(socket, socket, remoteAddress);
    } else {
      socket.destroy();
    }
  }
}

function nativeListenerBelow(server: Server): NativeListener {
  const { _handle: handle } = server as { readonly _handle?: Partial<NativeListener> | null };
  if (typeof handle?.reload !== 'function') {
    throw bridgeError('BUN_LISTENER_UNKNOWN', { version: javascriptRuntime.version });
  }
  return handle as NativeListener;
}
