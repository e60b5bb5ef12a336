import type { Clock } from '@mkiot/core/clock/clock';
import type { TLSSocket } from 'node:tls';
import type { CloseCode } from '../bridge/closeReasons.ts';
import type { CloseReason } from '../bridge/hooks.ts';
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
    refused: (reason: CloseReason) => void,
  ): void {
    const refuse = (code: CloseCode, message: string): void => {
      socket.destroy();
      refused({ code, by: 'SERVER', message });
    };
    const timer = this.#clock.setTimer(limitMs, () =>
      refuse('CONNECT_TIMEOUT', 'No byte came in time that says whether it is MQTT or HTTP.'),
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
        if (byte === undefined) refuse('CONNECTION_LOST', 'It ended without a byte.');
        else refuse('PROTOCOL_VIOLATION', 'Its first byte is neither of MQTT nor of HTTP.');
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
