import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { encodePacket } from '@mkiot/core/mqtt/packet';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { Principal } from '@mkiot/server/bridge/hooks';
import type { MqttBridge } from '@mkiot/server/bridge/mqttBridge';
import { createLogger } from '@mkiot/server/runtime/logger';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { permissiveBridge } from '../conformance/permissiveBridge.ts';
import type { MqttCase } from './mqttCase.ts';

const DEVICE = 'fuzz';
const BYSTANDER = 'bystander';
/** Those that may log in; the last two stand in the corpus. */
const DEVICES: ReadonlySet<string> = new Set([DEVICE, BYSTANDER, 'p', 'conformance']);

/** After so many turns of the event loop nothing moves any more but the clock. */
const TURNS = 20;
const KEPT_SECONDS = 3_600;
const STEP_MS = 60_000;
/** Longer than any time limit of the bridge. */
const LONGEST_SILENCE_MS = 30 * 60_000;

/** A whole bridge, and a bystander that must not notice anything of what others do there. */
export class BridgeCheck {
  readonly #clock = new VirtualClock();
  readonly #faults: string[] = [];
  readonly bridge: MqttBridge<Principal> = permissiveBridge({
    clock: this.#clock,
    log: createLogger({ level: 'error', format: 'json' }, this.#clock, {
      write: (line) => void this.#faults.push(line),
    }),
    mayLogIn: (clientId) => DEVICES.has(clientId),
  });
  #bystander: Duplex | undefined = undefined;

  /** Lets one client loose; rejects when the bridge fails, forgets a connection, or harms the bystander. */
  async run(one: MqttCase): Promise<void> {
    const bystander = (this.#bystander ??= await this.#login(BYSTANDER, 4, false));
    const client = one.logsIn ? await this.#login(DEVICE, one.level, one.isKept) : this.#connect();
    const clients = [client];
    if (one.reads) client.resume();
    for (const chunk of one.chunks) {
      client.write(chunk);
      await nextTurn();
    }
    if (one.isTakenOver) clients.push((await this.#login(DEVICE, one.level, one.isKept)).resume());
    for (const each of clients) {
      if (one.ending === 'END') each.end();
      if (one.ending === 'DESTROY') each.destroy();
    }
    await this.#untilAlone(bystander, one.ending === 'SILENCE');
    for (const each of clients) each.destroy();
    assert.deepEqual(this.#faults, []);
  }

  #connect(): Duplex {
    const [ours, theirs] = duplexPair();
    ours.on('error', () => undefined);
    this.bridge.accept(theirs, '192.0.2.1');
    return ours;
  }

  async #login(clientId: string, protocolLevel: ProtocolLevel, isKept: boolean): Promise<Duplex> {
    const socket = this.#connect();
    const login = { userName: undefined, password: undefined, will: undefined } as const;
    const terms = { clientId, protocolLevel, cleanSession: !isKept, keepAliveSeconds: 0 } as const;
    const expiry = isKept ? { properties: { sessionExpiryIntervalSeconds: KEPT_SECONDS } } : {};
    socket.write(encodePacket({ type: 'CONNECT', ...terms, ...login, ...expiry }, protocolLevel));
    assert.equal((await nextBytes(socket))[0], 0x20, `${clientId} gets a CONNACK`);
    return socket;
  }

  /** Waits until only the bystander is left; who says nothing any more is closed by a time limit. */
  async #untilAlone(bystander: Duplex, isSilent: boolean): Promise<void> {
    for (let passedMs = 0; ; passedMs += STEP_MS) {
      bystander.write(encodePacket({ type: 'PINGREQ' }));
      assert.deepEqual(await nextBytes(bystander), Buffer.of(0xd0, 0), 'the bystander hears its PINGRESP alone');
      for (let turn = 0; turn < TURNS && this.bridge.connectionCount > 1; turn++) await nextTurn();
      if (this.bridge.connectionCount === 1) return;
      assert.ok(passedMs < LONGEST_SILENCE_MS, `a connection outlives its client (silent: ${isSilent})`);
      this.#clock.advance(STEP_MS);
    }
  }
}

/** What comes next, the socket paused behind it. */
async function nextBytes(socket: Duplex): Promise<Buffer> {
  const coming = once(socket, 'data');
  socket.resume();
  const [bytes] = (await coming) as [Buffer];
  socket.pause();
  return bytes;
}
