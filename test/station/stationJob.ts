import { REFERENCE_FIRMWARE, referenceFirmware } from '@mkiot/board/chip/app/reference/referenceFirmware';
import { referenceFlash } from '@mkiot/board/chip/app/reference/referenceFlash';
import type { FirmwareRegistry } from '@mkiot/board/chip/app/firmware';
import type { BootloaderOptions } from '@mkiot/board/chip/boot/bootloaderOptions';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { rehearse } from '@mkiot/board/chip/rehearse';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { nodeSigner } from '../../packages/cli/src/runtime/nodeSigner.ts';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import type { FlashEncryptionWay } from '@mkiot/esp32/plan/plan';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import type { Job, StationPorts } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { generateKeyPairSync } from 'node:crypto';
import type { StationBench } from './stationBench.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });

const SIGNER = nodeSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** The reference device, which connects nowhere. */
export const FIRMWARES: FirmwareRegistry = {
  [REFERENCE_FIRMWARE]: referenceFirmware({
    openStream: () => () => Promise.reject(new Error('there is no network here')),
    sensors: () => [],
    onEvent: () => {},
  }),
};

/** A job with the reference firmware as it is built for the profile. */
export async function jobFor(
  name: VirtualChipName,
  profile: ProfileName | undefined,
  more: Partial<Job> = {},
  encryption: FlashEncryptionWay = 'host',
): Promise<Job> {
  const flashEncryption: BootloaderOptions['flashEncryption'] =
    profile === undefined ? 'none' : profile === 'production' ? 'release' : 'development';
  const parts = await referenceFlash(CHIP_MODELS[name].chip, '1.2.3', {
    flashEncryption,
    leftOpen: profile === 'development' ? ['SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC'] : [],
    secureBoot: profile === 'production' ? 'v2' : 'none',
  });
  const signer = profile === 'production' ? SIGNER : undefined;
  return {
    firmware: parts.map(({ offset, bytes }) => ({ name: `part at ${offset}`, offset, bytes })),
    firmwareChip: name,
    mac: undefined,
    mayBeUsed: false,
    baud: 921_600,
    security: profile && { profile: PROFILES[profile], signer, encryption },
    ...more,
  };
}

export function portsOf(bench: StationBench, more: Partial<StationPorts> = {}): StationPorts {
  return {
    serial: bench.port,
    clock: bench.clock,
    aes: nodeAes,
    random: seededRandom(5),
    crypto: webInstallCrypto,
    book: memoryUnitBook(),
    tool: '1.2.3',
    rehearse: (state, work) => rehearse(state, bench.clock, work),
    confirm: async () => {},
    register: async () => 'registered',
    onProgress: () => {},
    ...more,
  };
}

/** Starts the chip again and waits for a line on its console. @returns all that was printed until then */
export async function starts(bench: StationBench, line: RegExp): Promise<string> {
  let told = '';
  const heard = Promise.withResolvers<string>();
  bench.port.onBytes = (bytes) => {
    told += String.fromCodePoint(...bytes);
    if (line.test(told)) heard.resolve(told);
  };
  await bench.chip.powerOff();
  bench.chip.powerOn(false);
  const limit = bench.clock.setTimer(20_000, () => heard.reject(new Error(`the console says: ${told.slice(-3000)}`)));
  const text = await bench.inTime(heard.promise);
  limit.cancel();
  return text;
}
