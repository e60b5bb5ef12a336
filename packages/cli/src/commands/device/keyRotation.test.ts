import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS } from '@mkiot/board/chip/models/chipModels';
import { ReferenceBoard } from '@mkiot/board/chip/referenceBoard';
import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { DEVICE_SETTINGS } from '@mkiot/board/device/referenceDevice';
import { tlsOpener } from '@mkiot/board/node/tlsStream';
import type { Device } from '@mkiot/core/api/resources';
import { systemClock } from '@mkiot/core/clock/systemClock';
import type { ConsoleLine } from '@mkiot/core/keyInstall/exchange';
import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { installKeys } from '@mkiot/core/keyInstall/keyInstaller';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import { p256PublicKeyOf, publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import { bridgeIdOf } from '@mkiot/server/certificates/bridgeId';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { json, startTestPlatform, type TestPlatform } from '../../platform/platform.testing.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';

/** A reference device on a virtual chip, in real time, whose events can be waited for. */
class ChipOnBench implements AsyncDisposable {
  readonly board: ReferenceBoard;
  readonly #seen: DeviceEvent[] = [];
  #happened = Promise.withResolvers<void>();

  constructor() {
    const { session, outbox } = DEVICE_SETTINGS;
    this.board = new ReferenceBoard({
      model: CHIP_MODELS.esp32,
      flashCells: erasedFlash(0x400000),
      efuses: factoryEfuses(CHIP_MODELS.esp32, Uint8Array.of(0x02, 0, 0, 0, 0, 1)),
      clock: systemClock,
      random: randomFill,
      aes: nodeAes,
      firmwareVersion: '1.2.3',
      flashEncryption: 'none',
      openStream: (factory) => tlsOpener(factory, systemClock),
      sensors: () => [],
      settings: { session, outbox, backOff: { firstMs: 10, maxMs: 50 }, backOffResetMs: 60_000 },
      onLine: () => undefined,
      onEvent: (event) => {
        this.#seen.push(event);
        this.#happened.resolve();
      },
    });
  }

  /** The next event of this type; what came before is not waited for again. */
  async next(type: DeviceEvent['type']): Promise<void> {
    for (;;) {
      while (this.#seen.length > 0) if (this.#seen.shift()?.type === type) return;
      this.#happened = Promise.withResolvers();
      await this.#happened.promise;
    }
  }

  /** Installs three keys that the device makes. @returns them as PEM */
  async install(factory: FactoryData, bridgeId: Uint8Array): Promise<readonly string[]> {
    const { chip, publicKey } = this.board;
    await this.board.flashIfBlank();
    chip.powerOn();
    await publicKey;
    const toConsole = chip.serial.onBytes;
    const line: ConsoleLine = { write: (bytes) => chip.serial.write(Uint8Array.from(bytes)), onBytes: undefined };
    chip.serial.onBytes = (bytes) => {
      toConsole?.(bytes);
      line.onBytes?.(bytes);
    };
    const random = randomFill;
    const station = {
      line,
      clock: systemClock,
      random,
      crypto: webInstallCrypto,
      keyCount: 3,
      madeBy: 'device',
    } as const;
    const { keys } = await installKeys({ ...station, factory, bridgeId });
    return keys.map((key) => publicKeyPem(p256PublicKeyOf(key.publicKey)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.board.chip.powerOff();
  }
}

/** A device with three keys on a chip, which is connected with its first. */
async function connectedChip(it: TestPlatform, chip: ChipOnBench): Promise<readonly string[]> {
  const { project, location, ports, authorityCertificate: caPem } = it.platform;
  const deviceName = `projects/${project}/locations/${location}/registries/default/devices/pump-1`;
  const factory = { deviceName, host: 'localhost', port: ports.mqtt, caPem };
  const keys = await chip.install(factory, bridgeIdOf(caPem));
  const files = keys.map((_, at) => join(it.outside, `key-${at}.pem`));
  await Promise.all(keys.map((pem, at) => writeFile(files[at]!, pem)));
  await it.mkiot('device', 'create', 'pump-1', ...files.flatMap((file) => ['--key', file]));
  await chip.next('connected');
  return keys;
}

async function deviceOf(it: TestPlatform): Promise<Device> {
  return json(await it.mkiot('device', 'get', 'pump-1', '--json')) as Device;
}

test('a chip with three keys is cut when the grace of one is over, comes back with the next, and keeps the last', async () => {
  await using it = await startTestPlatform();
  await using chip = new ChipOnBench();
  const keys = await connectedChip(it, chip);
  for (const [grace, left] of [
    ['1s', 2],
    ['0s', 1],
  ] as const) {
    const rotated = await it.mkiot('device', 'keys', 'rotate', 'pump-1', '--grace', grace);
    assert.equal(rotated.exitCode, 0, rotated.stderr);
    await chip.next('disconnected');
    // A server that refuses says so three times before the next key is tried.
    for (let time = 0; time < 3; time++) await chip.next('retrying');
    await chip.next('connected');
    const live = (await deviceOf(it)).credentials.filter(
      ({ expirationTime }) => expirationTime === undefined || Date.parse(expirationTime) > Date.now(),
    );
    assert.deepEqual(
      live.map(({ publicKey }) => publicKey.key),
      keys.slice(-left),
    );
  }
  const last = await it.mkiot('device', 'keys', 'rotate', 'pump-1');
  assert.deepEqual([last.exitCode, /\[KEY_WITHOUT_NEXT\]/.test(last.stderr)], [2, true]);
  const { presence, credentials } = await deviceOf(it);
  assert.deepEqual([presence?.connected, credentials.length], [true, 1]);
});
