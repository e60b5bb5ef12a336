import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BootRig, partition, type RigOptions } from '../bootRig.testing.ts';
import type { AppEnd, Firmware } from './firmware.ts';
import { OtaSlots } from './otaSlots.ts';

/** Confirms itself where its version says so, installs `update` where it has none yet, and starts again. */
function updating(update: () => Promise<Uint8Array>, confirms: (version: string) => boolean): Firmware {
  return async ({ ...world }, signal): Promise<AppEnd> => {
    const slots = new OtaSlots(world);
    const state = slots.runningState ?? 'nothing';
    if (confirms(world.version)) await slots.confirmRunning();
    world.console.line(
      `${world.version} in ${world.running.name}, entered as ${state}, now ${slots.runningState ?? 'nothing'}`,
    );
    if (world.version === '1.0.0' && world.reason === 'power-on') {
      await slots.install(await update());
      return { kind: 'restart' };
    }
    if (world.reason === 'cpu') return { kind: 'deep-sleep', durationMs: 5_000 };
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return { kind: 'restart' };
  };
}

async function rigWith(confirms: boolean, options: RigOptions = {}): Promise<BootRig> {
  const rig: BootRig = await BootRig.flashed({
    ...options,
    firmwares: {
      blink: updating(
        () => rig.app('2.0.0'),
        (version) => confirms || version === '1.0.0',
      ),
    },
  });
  return rig;
}

for (const flashEncryption of ['none', 'release'] as const) {
  test(`an app installs its successor, which confirms itself and stays (flash encryption: ${flashEncryption})`, async () => {
    const rig = await rigWith(true, { bootloader: { flashEncryption } });
    await rig.bootUntil(flashEncryption === 'none' ? '2.0.0 in ota_0' : 'Resetting with flash encryption');
    await rig.bootUntil('2.0.0 in ota_0, entered as');
    await rig.bootUntil('2.0.0 in ota_0, entered as VALID, now VALID');
    assert.ok(rig.lines.includes('2.0.0 in ota_0, entered as PENDING_VERIFY, now VALID'));
  });
}

test('a successor that does not confirm itself is given up when it wakes from deep sleep', async () => {
  const rig = await rigWith(false);
  await rig.bootUntil('rst:0x5 (DEEPSLEEP_RESET)');
  assert.ok(rig.lines.includes('2.0.0 in ota_0, entered as PENDING_VERIFY, now PENDING_VERIFY'));
  await rig.bootUntil('1.0.0 in factory', 'software');
});

test('deep sleep lasts as long as the app has said', async () => {
  const rig = await rigWith(true);
  await rig.bootUntil('rst:0x5 (DEEPSLEEP_RESET)');
  assert.ok(rig.clock.monotonic() >= 5_000);
});

test('an update that is larger than its slot, or has no slot, is refused', async () => {
  for (const [code, partitions] of [
    ['UPDATE_TOO_LARGE', undefined],
    ['UPDATE_NO_SLOT', [partition('factory', 0, 0, 0x10000, 0x10000)]],
  ] as const) {
    const rig = await BootRig.flashed({
      ...(partitions === undefined ? {} : { partitions }),
      firmwares: {
        blink: updating(
          async () => new Uint8Array(0x10001),
          () => true,
        ),
      },
    });
    await rig.bootUntil('Rebooting...');
    assert.ok(
      rig.lines.some((line) => line.startsWith(`E app: ${code}: `)),
      rig.lines.join('\n'),
    );
  }
});
