import type { Clock } from '@mkiot/core/clock/clock';
import type { TLSSocket } from 'node:tls';
import { firstByte } from './firstByte.ts';
import { protocolOfFirstByte, type SharedProtocol } from './sharedProtocols.ts';

/** Connections that have not said what they speak. */
export class UndecidedConnections {
  readonly #clock: Clock;
  readonly #sockets = new Set<TLSSocket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits at most `limitMs` for the first byte, then calls one of the two, or neither when the connection is lost. */
  await(
    socket: TLSSocket,
    limitMs: number,
    decided: (protocol: SharedProtocol) => void,
    refused: (reason: string) => void,
  ): void {
    const refuse = (reason: string): void => {
      socket.destroy();
      refused(reason);
    };
    const timer = this.#clock.setTimer(limitMs, () =>
      refuse('No byte came in time that says whether it is MQTT or HTTP.'),
    );
    // Lost before it has said anything: nobody misses it.
    const ignore = (): void => undefined;
    const forget = (): void => {
      timer.cancel();
      this.#sockets.delete(socket);
      socket.off('close', forget);
    };
    this.#sockets.add(socket);
    socket.on('close', forget);
    socket.on('error', ignore);
    firstByte(socket, (byte) => {
      forget();
      const protocol = protocolOfFirstByte(byte);
      if (protocol === undefined) {
        refuse(byte === undefined ? 'It ended without a byte.' : 'Its first byte is neither of MQTT nor of HTTP.');
        return;
      }
      socket.off('error', ignore);
      decided(protocol);
    });
  }

  /** Cuts all of them; nobody is told. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
