import { concatBytes, utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { type Duplex, duplexPair } from 'node:stream';
import { type Logger, pino } from 'pino';
import { CarriedLink } from '../bridgeWorkers/carriedLink.testing.ts';
import { testsWithWorkers } from '../bridgeWorkers/testWorkers.testing.ts';
import type { BridgeLimits } from './bridgeLimits.ts';
import type {
  AuthenticationMethod,
  BridgeHooks,
  CloseReason,
  GatewayHooks,
  LoginAttempt,
  LoginVerdict,
  PublishOutcome,
  PublishedMessage,
  PublishRoute,
  Session,
  SubscribeRoute,
  WillHooks,
} from './hooks.ts';
import type { DroppedMessage } from './keptSessionLink.ts';
import { MqttBridge, type MqttBridgeOptions } from './mqttBridge.ts';

type KeptOptions = Pick<MqttBridgeOptions<TestPrincipal>, 'sessionStore' | 'storedSessions'>;

export interface TestPrincipal {
  readonly key: number;
  readonly deviceId: string;
  readonly credentialId: number;
}

export type TestSession = Session<TestPrincipal>;

/** A message that has come through, its fate still open when the domain holds it. */
export interface TestMessage {
  readonly device: string;
  readonly kind: string;
  readonly subfolder: string;
  readonly text: string;
  readonly packetId: number | undefined;
  readonly outcome: PublishOutcome;
  readonly published: PublishedMessage | undefined;
}

/** Riddles of an authentication method, and what solves them. */
export const RIDDLES = { login: 'speak, friend', renewal: 'again, friend', solution: 'mellon' };
export const PASSWORD = 'open sesame';
const TOKEN_EXPIRED: CloseReason = { code: 'TOKEN_EXPIRED', by: 'SERVER', message: 'The token expired.' };

/**
 * A small real domain: devices that log in with a password, messages that are kept, a config that is delivered at each
 * subscribe. It writes down what happens, in the order in which it happens.
 */
export class TestDomain implements BridgeHooks<TestPrincipal> {
  readonly devices: Map<string, TestPrincipal> = new Map(
    ['pump-1', 'pump-10', 'valve-2', 'hub-1', 'hub-2'].map((deviceId, index) => [
      deviceId,
      { key: index + 1, deviceId, credentialId: 7 },
    ]),
  );
  readonly story: string[] = [];
  readonly messages: TestMessage[] = [];
  config: Uint8Array = utf8Encode('config');
  endsAtMs: number = Number.POSITIVE_INFINITY;
  qos: 1 | 2 = 1;
  /** While true, QoS 1 messages wait for their `outcome` to be told. */
  holdsMessages = false;
  /** While set, logins wait for it. */
  loginGate: Promise<void> | undefined = undefined;
  userProperties: readonly (readonly [string, string])[] | undefined = undefined;
  readonly authenticationMethods: readonly AuthenticationMethod<TestPrincipal>[] = [
    { name: 'RIDDLE', begin: ({ clientId }, session) => ({ next: (data) => this.#riddle(clientId, session, data) }) },
  ];
  /** Called in place of the usual answer to a message. */
  onMessage: ((message: TestMessage, session: TestSession) => void) | undefined = undefined;
  /** Gateways are the hubs. Whom they attach with the payload "no" is refused, and so is who is unknown. */
  readonly gateways: GatewayHooks<TestPrincipal> = {
    isGateway: ({ deviceId }) => deviceId.startsWith('hub-'),
    attach: async (gateway, deviceId, payload) => {
      await this.loginGate;
      this.story.push(`${gateway.principal.deviceId} attaches ${deviceId} with "${utf8Decode(payload)}"`);
      const isTaken = utf8Decode(payload) !== 'no';
      return this.#verdict(deviceId, utf8Encode(isTaken ? PASSWORD : ''), PASSWORD);
    },
  };
  /** Whether wills are published. */
  hasWills = false;
  /** Who may say something while it is away: the devices, without those that a test takes out. */
  readonly wills: WillHooks<TestPrincipal> = {
    arePublished: () => this.hasWills,
    principalOf: async ({ key }) => [...this.devices.values()].find((device) => device.key === key),
  };
  readonly backPressure = new TestBackPressure();
  readonly publishRoutes: readonly PublishRoute<TestPrincipal>[] = [this.#keeps('events'), this.#keeps('state')];
  readonly subscribeRoutes: readonly SubscribeRoute<TestPrincipal>[] = [
    {
      kind: 'config',
      subscribed: (session, qos) => {
        this.story.push(`config subscribed by ${session.principal.deviceId} at QoS ${qos}`);
        const done = (delivered: boolean): void => void this.story.push(`config delivered: ${delivered}`);
        session.deliver('config', '', this.config, done, { reference: 7 });
      },
      resumed: ({ principal }, pending) =>
        void this.story.push(`config resumed by ${principal.deviceId}, pending ${pending.join(' ')}`),
      settled: (_session, reference, delivered) => void this.story.push(`config ${reference} settled: ${delivered}`),
    },
    {
      kind: 'commands',
      subscribed: (session, qos) =>
        void this.story.push(`commands subscribed by ${session.principal.deviceId} at QoS ${qos}`),
    },
  ];

  async authenticate({ clientId, password }: LoginAttempt): Promise<LoginVerdict<TestPrincipal>> {
    await this.loginGate;
    return this.#verdict(clientId, password, PASSWORD);
  }

  async #riddle(clientId: string, session: TestSession | undefined, data: Uint8Array | undefined) {
    await this.loginGate;
    if (data !== undefined) return this.#verdict(clientId, data, RIDDLES.solution);
    return { data: utf8Encode(session === undefined ? RIDDLES.login : RIDDLES.renewal) };
  }

  #verdict(clientId: string, given: Uint8Array | undefined, wanted: string): LoginVerdict<TestPrincipal> {
    const said = this.userProperties === undefined ? {} : { userProperties: this.userProperties };
    const principal = this.devices.get(clientId);
    if (principal === undefined) return { accepted: false, reason: `unknown device ${clientId}`, ...said };
    const isRight = given !== undefined && utf8Decode(given) === wanted;
    if (!isRight) return { accepted: false, reason: 'wrong password', ...said };
    return { accepted: true, principal, endsAtMs: this.endsAtMs, endReason: TOKEN_EXPIRED, ...said };
  }

  maximumQoS(): 1 | 2 {
    return this.qos;
  }

  opened(session: TestSession): void {
    this.story.push(`opened ${session.principal.deviceId} #${session.epoch}`);
  }

  renewed(session: TestSession): void {
    this.story.push(`renewed ${session.principal.deviceId} #${session.epoch}`);
  }

  heartbeat(session: TestSession): void {
    this.story.push(`heartbeat of ${session.principal.deviceId}`);
  }

  closed(session: TestSession, reason: CloseReason): void {
    this.story.push(`closed ${session.principal.deviceId} #${session.epoch} ${reason.by} ${reason.code}`);
  }

  refused(attempt: LoginAttempt | undefined, _remoteAddress: string, reason: CloseReason): void {
    this.story.push(`refused ${attempt?.clientId ?? 'a stranger'}: ${reason.message}`);
  }

  dropped({ deviceId, kind, sequence, reason }: DroppedMessage): void {
    this.story.push(`dropped ${kind} #${sequence} of ${deviceId}: ${reason}`);
  }

  #keeps(kind: string): PublishRoute<TestPrincipal> {
    return {
      kind,
      ...(kind === 'events' ? { takesWills: true as const } : {}),
      publish: (session, subfolder, payload, packetId, outcome, published) => {
        const device = session.principal.deviceId;
        const message = { device, kind, subfolder, text: utf8Decode(payload), packetId, outcome, published };
        this.messages.push(message);
        if (this.onMessage !== undefined) this.onMessage(message, session);
        else if (!this.holdsMessages && packetId !== undefined) outcome.accepted(packetId);
      },
    };
  }
}

/** Shut and opened by hand. */
class TestBackPressure {
  saturated = false;
  #callbacks: (() => void)[] = [];

  onDrained(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  drain(): void {
    this.saturated = false;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }
}

/** A bridge on a virtual clock, its domain, and what it logs. */
export class BridgeBench {
  readonly clock: VirtualClock = new VirtualClock();
  readonly domain: TestDomain = new TestDomain();
  readonly logLines: string[] = [];
  readonly log: Logger = pino({ level: 'debug' }, { write: (line: string) => void this.logLines.push(line) });
  readonly bridge: MqttBridge<TestPrincipal>;
  readonly #link: CarriedLink | undefined;

  /** @param more hooks in place of the domain's own, or beside them */
  constructor(
    limits: Partial<BridgeLimits> = {},
    lastEpoch = 0,
    kept: KeptOptions = {},
    more?: (bench: BridgeBench) => Partial<BridgeHooks<TestPrincipal>>,
  ) {
    Object.assign(this.domain, more?.(this));
    this.bridge = new MqttBridge({ hooks: this.domain, clock: this.clock, log: this.log, limits, lastEpoch, ...kept });
    this.#link = testsWithWorkers() ? new CarriedLink(this.bridge.accept) : undefined;
  }

  /** A client whose TCP connection has just come. */
  connect(level: ProtocolLevel = 4): TestClient {
    const [ours, theirs] = duplexPair();
    if (this.#link === undefined) this.bridge.accept(theirs, '192.0.2.1');
    else this.#link.carry(theirs, '192.0.2.1');
    return new TestClient(ours, level);
  }

  /** A client that has logged in as `deviceId`. */
  async login(deviceId = 'pump-1', changes: Partial<ConnectPacket> = {}): Promise<TestClient> {
    const client = this.connect(changes.protocolLevel);
    client.send(connectPacket(deviceId, changes));
    const answer = await client.packet();
    if (answer?.type !== 'CONNACK' || answer.returnCode !== 0) throw new Error(`no login: ${JSON.stringify(answer)}`);
    return client;
  }

  /** Resolves when the bridge has so many connections: a worker takes a moment to hand one on. */
  async hasConnections(count: number): Promise<void> {
    while (this.bridge.connectionCount < count) await new Promise(setImmediate);
  }

  /** Breaks the connection of `client`. Resolves when the bridge knows, before time passes: a worker takes a moment to tell. */
  async loses(client: TestClient): Promise<void> {
    const closed = (): number => this.domain.story.filter((line) => line.startsWith('closed ')).length;
    const before = closed();
    client.socket.destroy();
    while (closed() === before) await new Promise(setImmediate);
  }

  /** Logins fail from now on, for which nobody is to blame but the domain. */
  failLogins(cause: Error): void {
    const { promise, reject } = Promise.withResolvers<void>();
    // Whoever waits for it hears of it; until then nobody has to.
    void promise.catch(() => undefined);
    reject(cause);
    this.domain.loginGate = promise;
  }

  /** Lets `durationMs` pass in steps of a second, with room for sockets to work in between. */
  async pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= 1_000) await this.clock.advanceAsync(Math.min(left, 1_000));
  }
}

export function connectPacket(clientId: string, changes: Partial<ConnectPacket> = {}): ConnectPacket {
  return {
    type: 'CONNECT',
    protocolLevel: 4,
    clientId,
    cleanSession: true,
    keepAliveSeconds: 60,
    will: undefined,
    userName: 'unused',
    password: utf8Encode(PASSWORD),
    ...changes,
  };
}

export function publishPacket(topic: string, text: string, packetId?: number): Packet {
  const qos = packetId === undefined ? 0 : 1;
  return { type: 'PUBLISH', topic, payload: utf8Encode(text), qos, retain: false, dup: false, packetId };
}

/** The other end of a connection, speaking in packets or in bytes. */
export class TestClient {
  readonly socket: Duplex;
  /** How often bytes have come: a write of the bridge is a chunk here. */
  chunks = 0;
  readonly #level: ProtocolLevel;
  readonly #parser: PacketParser;
  readonly #packets: Packet[] = [];
  readonly #waiting: ((packet: Packet | undefined) => void)[] = [];
  #hasEnded = false;

  constructor(socket: Duplex, level: ProtocolLevel = 4) {
    this.socket = socket;
    this.#level = level;
    this.#parser = new PacketParser({ from: 'SERVER', level, maxPacketBytes: 1 << 20 });
    socket.on('data', (chunk: Uint8Array) => {
      this.chunks++;
      this.#parser.push(new Uint8Array(chunk));
      for (let packet = this.#parser.next(); packet !== undefined; packet = this.#parser.next()) this.#arrived(packet);
    });
    socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#hasEnded = true;
        for (const resolve of this.#waiting.splice(0)) resolve(undefined);
      });
    }
  }

  send(...packets: readonly Packet[]): void {
    this.socket.write(concatBytes(...packets.map((packet) => encodePacket(packet, this.#level))));
  }

  /** The next packet, or `undefined` when the bridge has ended the connection. */
  packet(): Promise<Packet | undefined> {
    const packet = this.#packets.shift();
    if (packet !== undefined || this.#hasEnded) return Promise.resolve(packet);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What has come up to an answer to a PINGREQ sent now: nothing more can come for what was sent before. */
  async packetsBeforePong(): Promise<Packet[]> {
    this.send({ type: 'PINGREQ' });
    const packets: Packet[] = [];
    for (;;) {
      const packet = await this.packet();
      if (packet === undefined) throw new Error('the connection was closed');
      if (packet.type === 'PINGRESP') return packets;
      packets.push(packet);
    }
  }

  /** Resolves with what still came when the bridge has ended the connection. */
  async ended(): Promise<Packet[]> {
    const packets: Packet[] = [];
    for (let packet = await this.packet(); packet !== undefined; packet = await this.packet()) packets.push(packet);
    return packets;
  }

  #arrived(packet: Packet): void {
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#packets.push(packet);
    else resolve(packet);
  }
}
