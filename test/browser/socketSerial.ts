// `navigator.serial` of a page, with a virtual chip of this process at the other end of a WebSocket.
import { WebSerialPort } from '@mkiot/board/chip/serial/webSerialPort';
import type { VirtualChip } from '@mkiot/board/chip/virtualChip';
import type { Page, WebSocketRoute } from 'playwright-core';

const ADDRESS = 'wss://virtual-chip.test/';

/** What the page's end says beside bytes, in the order of the calls. */
type Order =
  | { readonly type: 'open'; readonly baudRate: number }
  | { readonly type: 'signals'; readonly dataTerminalReady: boolean; readonly requestToSend: boolean };

/** The cable between a page and the chip on the bench. */
export class SocketSerial {
  readonly #ports = new Set<WebSerialPort>();
  #chip: VirtualChip;

  private constructor(chip: VirtualChip) {
    this.#chip = chip;
  }

  /** Before the page is loaded. */
  static async offer(page: Page, chip: VirtualChip): Promise<SocketSerial> {
    const cable = new SocketSerial(chip);
    await page.routeWebSocket(ADDRESS, (socket) => cable.#connect(socket));
    await page.addInitScript(offerSocketSerial, ADDRESS);
    return cable;
  }

  /** Puts another board on the bench. */
  exchange(chip: VirtualChip): void {
    this.unplug();
    this.#chip = chip;
  }

  unplug(): void {
    for (const port of this.#ports) port.unplug();
  }

  #connect(socket: WebSocketRoute): void {
    const port = new WebSerialPort(this.#chip);
    this.#ports.add(port);
    let done = Promise.resolve();
    const inOrder = (work: () => Promise<void>): void =>
      void (done = done.then(work).catch(() => void socket.close({ code: 4000, reason: 'lost' })));
    let writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
    socket.onMessage((message) =>
      inOrder(async () => {
        if (typeof message !== 'string') {
          await writer?.write(new Uint8Array(message));
          return;
        }
        const order = JSON.parse(message) as Order;
        if (order.type === 'signals') await port.setSignals(order);
        else {
          await port.open(order);
          writer = port.writable?.getWriter();
          void pump(port, socket);
        }
      }),
    );
    socket.onClose(() =>
      inOrder(async () => {
        this.#ports.delete(port);
        await writer?.close();
        writer?.releaseLock();
        port.unplug();
      }),
    );
  }
}

/** What the chip says, until the cable is pulled. */
async function pump(port: WebSerialPort, socket: WebSocketRoute): Promise<void> {
  const reader = (port.readable as ReadableStream<Uint8Array>).getReader();
  try {
    for (let { value } = await reader.read(); value !== undefined; { value } = await reader.read()) {
      socket.send(Buffer.from(value));
    }
  } catch {
    await socket.close({ code: 4000, reason: 'lost' });
  }
}

/** Runs in the page before its own scripts. It is sent as text, so it uses nothing of this module. */
function offerSocketSerial(address: string): void {
  const lost = (): DOMException => new DOMException('The device has been lost.', 'NetworkError');

  class SocketPort {
    readable: ReadableStream<Uint8Array> | null = null;
    writable: WritableStream<Uint8Array> | null = null;
    #socket: WebSocket | undefined;

    async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
      const socket = new WebSocket(address);
      socket.binaryType = 'arraybuffer';
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      this.#socket = socket;
      socket.send(JSON.stringify({ type: 'open', baudRate }));
      this.readable = new ReadableStream({
        start: (input) => {
          socket.addEventListener('message', ({ data }) => input.enqueue(new Uint8Array(data as ArrayBuffer)));
          socket.addEventListener('close', () => {
            if (this.#socket !== socket) return;
            this.readable = null;
            this.writable = null;
            input.error(lost());
          });
        },
      });
      this.writable = new WritableStream({ write: (bytes) => socket.send(bytes) });
    }

    async close(): Promise<void> {
      const socket = this.#socket;
      this.#socket = undefined;
      this.readable = null;
      this.writable = null;
      if (socket === undefined || socket.readyState !== WebSocket.OPEN) return;
      const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
      socket.close();
      await closed;
    }

    async setSignals(signals: object): Promise<void> {
      if (this.#socket?.readyState !== WebSocket.OPEN) throw lost();
      this.#socket.send(JSON.stringify({ type: 'signals', ...signals }));
    }
  }

  const port = new SocketPort();
  const serial = { requestPort: async () => port, getPorts: async () => [] };
  Object.defineProperty(navigator, 'serial', { configurable: true, value: serial });
}
