import { delay } from '@mkiot/core/clock/clock';
import { webSha256 } from '@mkiot/core/crypto/webSha256';
import type { UnitIdentity } from '@mkiot/core/keyInstall/requests';
import { toBigEndian } from '@mkiot/esp32/keys/bigIntegers';
import { efuseNumber } from '../../boot/efuseFields.ts';
import type { AppEnd, AppWorld } from '../firmware.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';
import { chipKeys, openChipKey, signingKeyOf } from './chipKey.ts';
import { InstallMode } from './keyInstall/installMode.ts';
import { INSTALL_RECORD_KEY } from './keyInstall/installRecord.ts';

const TAG = 'mkiot';
/** After the end a station that missed the last answer still gets it, until it was quiet for so long. */
const QUIET_MS = 3_000;

/** The console is all that a device has before it is provisioned: it tells its public key there, and offers key install. */
export async function waitInFactoryState(world: AppWorld, nvs: NvsPartition, signal: AbortSignal): Promise<AppEnd> {
  const { console, hardware } = world;
  const { random, input, output, clock } = hardware;
  const firstKey = await openChipKey(nvs, random);
  const { publicKeyPem } = await signingKeyOf(firstKey);
  console.log('W', TAG, 'factory state: no name and no platform, key install is open');
  for (const line of publicKeyPem.trimEnd().split('\n')) console.line(line);
  const mode = new InstallMode({
    identity: identityOf(world),
    keys: chipKeys(random),
    firstKey,
    random,
    sha256: webSha256,
    store: (record) => nvs.set(INSTALL_RECORD_KEY, record),
    send: output,
  });
  input.onBytes = (bytes) => mode.receive(bytes);
  try {
    await Promise.race([mode.closed, aborted(signal)]);
    for (let heard = -1; heard !== mode.heard && !signal.aborted;) {
      heard = mode.heard;
      await delay(clock, QUIET_MS, signal);
    }
  } finally {
    input.onBytes = undefined;
    mode.end();
    firstKey.fill(0);
  }
  return { kind: 'restart' };
}

function identityOf({ hardware, version }: AppWorld): UnitIdentity {
  const dump = hardware.efuse.readable();
  const mac = toBigEndian(BigInt(efuseNumber(dump, 'MAC')), 6);
  return { mac, chip: dump.chip.label, firmwareVersion: version };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
