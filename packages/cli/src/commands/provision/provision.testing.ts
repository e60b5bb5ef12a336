import { REFERENCE_FIRMWARE, referenceFirmware } from '@mkiot/board/chip/app/reference/referenceFirmware';
import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS } from '@mkiot/board/chip/models/chipModels';
import { VirtualChip } from '@mkiot/board/chip/virtualChip';
import { PtyServer } from '@mkiot/board/node/chip/ptyServer';
import { SerialServer } from '@mkiot/board/node/chip/serialServer';
import { systemClock } from '@mkiot/core/clock/systemClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { javascriptRuntime } from '@mkiot/server/runtime/javascriptRuntime';
import { randomFillSync } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wants } from '../../../../../test/support/wants.ts';
import { writeReferenceBuild } from '../board/build.ts';

/** MAC address of the chip on the test bench. */
export const MAC = 'a0:b1:c2:d3:e4:f5';

const model = CHIP_MODELS.esp32s3;

/** Options of a test for which the system must have serial ports. */
export const withSerialPorts: { readonly skip?: string } =
  javascriptRuntime.name === 'Bun' ? { skip: 'Bun has no serial ports' } : {};

/** Options of a test that opens a pseudo-terminal as a board's port. */
export const withPty: { readonly skip?: string } = { ...wants('socat'), ...withSerialPorts };

/** A blank ESP32-S3 at a port, and a build of the reference firmware for it. */
export interface TestBench extends AsyncDisposable {
  readonly chip: VirtualChip;
  /** With flasher_args.json. */
  readonly folder: string;
  /** For `--port`. */
  readonly port: string;
}

/** @param kind `pty`: a pseudo-terminal, which has no reset lines; so the chip waits in its loader */
export async function openBench(kind: 'rfc2217' | 'pty' = 'rfc2217', mac = MAC): Promise<TestBench> {
  await using opened = new AsyncDisposableStack();
  const chip = new VirtualChip({
    model,
    flashCells: erasedFlash(0x400000),
    efuses: factoryEfuses(
      model,
      Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16)),
    ),
    clock: systemClock,
    random: randomFillSync,
    aes: portableAes,
    firmwares: {
      [REFERENCE_FIRMWARE]: referenceFirmware({
        openStream: () => () => Promise.reject(new Error('there is no network here')),
        sensors: () => [],
        onEvent: () => {},
      }),
    },
  });
  opened.defer(() => chip.powerOff());
  chip.powerOn(kind === 'pty');
  const port =
    kind === 'pty'
      ? opened.use(await PtyServer.open(chip.serial)).path
      : `rfc2217:127.0.0.1:${opened.use(await SerialServer.open({ port: chip, protocol: kind, tcpPort: 0 })).tcpPort}`;
  const folder = opened.use(await mkdtempDisposable(join(tmpdir(), 'mkiot-provision-'))).path;
  await writeReferenceBuild(folder, 'esp32s3', 'development', '1.0.0');
  const running = opened.move();
  return { chip, folder, port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
