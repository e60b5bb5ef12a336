import { REFERENCE_FLASH_BYTES } from '@mkiot/board/chip/app/reference/referenceFlash';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { ESP32_MODEL } from '@mkiot/board/chip/models/esp32Model';
import { ReferenceBoard } from '@mkiot/board/chip/referenceBoard';
import type { DeviceEvent } from '@mkiot/board/device/deviceEvents';
import { type ServerAddress, tlsOpener } from '@mkiot/board/node/tlsStream';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { ApiClient } from '@mkiot/core/api/client';
import { type DeviceName, formatDeviceName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import { registerBoard } from '../../commands/board/registerBoard.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { demoError } from '../demoErrors.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import { Trace } from '../trace.ts';

/** Lines of the console that show what happens, in their order. */
const EVIDENCE = [
  /^rst:0x1 \(POWERON_RESET\)/,
  /boot: ESP-IDF .* 2nd stage bootloader$/,
  /flash_encrypt: Generating new flash encryption key/,
  /flash_encrypt: Flash encryption completed$/,
  /^rst:0x3 \(SW_RESET\)/,
  /flash_encrypt: flash encryption is enabled \(0 plaintext flashes left\)$/,
  /nvs: NVS partition "nvs" is encrypted\.$/,
  /mkiot: connected$/,
] as const;

/**
 * A blank virtual ESP32 is flashed, encrypts itself, makes a key that never leaves it, and connects as a device of its own.
 * Then it is switched off.
 */
export async function bootChipStep(
  tell: Tell,
  provisioner: ApiClient,
  registry: RegistryName,
  server: ServerAddress,
  ports: DemoPorts,
): Promise<void> {
  const { clock, random } = ports;
  // A blank chip is a new one each time, also in a folder that was kept.
  const name: DeviceName = { ...registry, device: `chip-${toHex(random(new Uint8Array(4)))}` };
  const lines = new Trace<string>(ports);
  const events = new Trace<DeviceEvent>(ports);
  const cells = erasedFlash(REFERENCE_FLASH_BYTES);
  const board = new ReferenceBoard({
    model: ESP32_MODEL,
    flashCells: cells,
    efuses: factoryEfuses(ESP32_MODEL, Uint8Array.of(0x24, 0x0a, 0xc4, ...random(new Uint8Array(3)))),
    clock,
    random,
    aes: nodeAes,
    firmwareVersion: '0.1.0',
    flashEncryption: 'release',
    openStream: (factory) => tlsOpener(factory, clock),
    sensors: () => [],
    onLine: (line) => lines.add(line),
    onEvent: (event) => events.add(event),
  });
  try {
    await board.flashIfBlank();
    board.chip.powerOn();
    await lines.first('The public key on the console of the chip', 0, (line) => line.includes('END PUBLIC KEY'));
    await registerBoard(provisioner, name, await board.publicKey, 'its flash');
    await board.provision({ deviceName: formatDeviceName(name), ...server });
    await events.first('The connection of the chip', 0, ({ type }) => type === 'connected');
  } finally {
    await board.chip.powerOff();
  }
  for (const wanted of EVIDENCE) tell(evidence(lines, wanted));
  const isPlain = new TextDecoder('latin1').decode(cells).includes('device-key');
  if (isPlain) throw demoError('DEMO_OTHERWISE', { what: 'The flash of the chip', found: 'plain', expected: 'noise' });
  tell('read from the outside, its flash is noise: neither the app nor the names of its keys are found');
}

function evidence(lines: Trace<string>, wanted: RegExp): string {
  const line = lines.since(0).find((line) => wanted.test(line));
  if (line === undefined) throw demoError('DEMO_MISSING', { what: String(wanted), where: 'the console of the chip' });
  return line;
}
