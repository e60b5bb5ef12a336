import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from '@mkiot/core/bytes/bytes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import type { Chip } from '@mkiot/esp32/chips/chip';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { ESP32C3 } from '@mkiot/esp32/chips/esp32c3';
import { isWriteProtected } from '@mkiot/esp32/efuse/efuseDump';
import { toBigEndian } from '@mkiot/esp32/keys/bigIntegers';
import { parsePemPrivateKey } from '@mkiot/esp32/keys/pemKeys';
import { digestBootloader, signImageV1 } from '@mkiot/esp32/secureBoot/secureBootV1';
import { signImage } from '@mkiot/esp32/secureBoot/signImage';
import { portableSigner } from '@mkiot/esp32/secureBoot/signer';
import { buildVirtualApp } from '../app/buildVirtualApp.ts';
import { BootRig, partition, type RigOptions } from '../bootRig.testing.ts';
import { buildVirtualBootloader } from './buildVirtualBootloader.ts';
import { EfuseBatch, efuseNumber } from './efuseFields.ts';
import { RD_DIS_LOCK } from './keyBlocks.ts';

const signer = (file: string) =>
  portableSigner(
    parsePemPrivateKey(
      readFileSync(new URL(`../../../../esp32/src/secureBoot/vectors/${file}`, import.meta.url), 'utf8'),
    ),
  );
const OURS = signer('rsa_sh_0.pem');
const THEIRS = signer('rsa_sh_1.pem');
const CURVE = signer('ec256_sh.pem');

const APP = 0x10000;
const PARTITIONS = [partition('factory', 0, 0, APP, 0x20000)];

/** A chip with a signed bootloader and a signed app, whose first boot has turned secure boot on. */
async function secured(chip: Chip, more: RigOptions['bootloader'] = {}): Promise<BootRig> {
  const bootloader = { secureBoot: 'v2', partitionTableOffset: 0x8000, ...more } as const;
  const rig = await BootRig.flashed({ chip, bootloader, partitions: PARTITIONS });
  rig.put(chip.bootloaderOffset, await signImage(await buildVirtualBootloader(chip, bootloader), [OURS]));
  rig.put(APP, await signImage(await signedApp(chip), [OURS]));
  await rig.bootUntil('blink 1.0.0');
  return rig;
}

function signedApp(chip: Chip): Promise<Uint8Array<ArrayBuffer>> {
  return buildVirtualApp({ chip, firmware: 'blink', version: '1.0.0', securePadding: 'v2' });
}

for (const [chip, field] of [
  [ESP32, 'ABS_DONE_1'],
  [ESP32C3, 'SECURE_BOOT_EN'],
] as const) {
  test(`${chip.label}: the first boot trusts the key that signed, and from the second on the ROM asks for it`, async () => {
    const rig = await secured(chip);
    assert.equal(efuseNumber(rig.hardware.efuse.readable(), field), 1);
    assert.ok(rig.lines.includes('I secure_boot_v2: Secure boot permanently enabled'));
    assert.ok(!rig.printed.includes('secure boot verification succeeded'));
    await rig.bootUntil('blink 1.0.0');
    assert.ok(rig.lines.includes('secure boot verification succeeded'));
    assert.ok(rig.lines.includes('I secure_boot_v2: secure boot v2 is already enabled, continuing..'));
  });

  test(`${chip.label}: an app of another key, without signature, or changed after it was signed does not boot`, async () => {
    const rig = await secured(chip);
    const unsigned = await signedApp(chip);
    const changed = await signImage(unsigned, [OURS]);
    changed[0x200] = (changed[0x200] ?? 0) ^ 1;
    for (const image of [await signImage(unsigned, [THEIRS]), unsigned, changed]) {
      rig.cells.fill(0xff, APP);
      rig.put(APP, image);
      await rig.bootUntil('No bootable app partitions');
    }
    assert.ok(rig.lines.includes('W esp_image: image valid, signature bad'));
    assert.equal(rig.started.length, 1);
  });

  test(`${chip.label}: the ROM does not start a bootloader of another key`, async () => {
    const rig = await secured(chip);
    rig.put(
      chip.bootloaderOffset,
      await signImage(await buildVirtualBootloader(chip, { secureBoot: 'none' }), [THEIRS]),
    );
    await rig.bootUntil('secure boot verification failed');
    await rig.bootUntil('rst:0x10');
    assert.equal(rig.started.length, 1);
  });
}

test('a revoked key opens nothing any more', async () => {
  const rig = await secured(ESP32C3);
  rig.power.on();
  const batch = new EfuseBatch(rig.hardware.efuse);
  batch.set('SECURE_BOOT_KEY_REVOKE0', 1);
  batch.commit(
    () => undefined,
    () => undefined,
  );
  await rig.bootUntil('secure boot verification failed');
});

test('slots for keys that nobody has are revoked at the first boot', async () => {
  const dump = (await secured(ESP32C3)).hardware.efuse.readable();
  assert.deepEqual(
    [0, 1, 2].map((slot) => efuseNumber(dump, `SECURE_BOOT_KEY_REVOKE${slot}`)),
    [0, 1, 1],
  );
});

test('secure boot is not turned on where bootloader and app have no key in common', async () => {
  const bootloader = { secureBoot: 'v2' } as const;
  const rig = await BootRig.flashed({ bootloader, partitions: PARTITIONS });
  rig.put(0x1000, await signImage(await buildVirtualBootloader(ESP32, bootloader), [OURS]));
  rig.put(APP, await signImage(await signedApp(ESP32), [THEIRS]));
  await rig.bootUntil('No bootable app partitions');
  assert.equal(efuseNumber(rig.hardware.efuse.readable(), 'ABS_DONE_1'), 0);
});

test('secure boot and flash encryption are turned on in one first boot', async () => {
  const rig = await secured(ESP32, { flashEncryption: 'release', partitionTableOffset: 0x8000 });
  const dump = rig.hardware.efuse.readable();
  assert.equal(efuseNumber(dump, 'ABS_DONE_1'), 1);
  assert.equal(efuseNumber(dump, 'FLASH_CRYPT_CNT'), 0x7f);
  assert.ok(isWriteProtected(dump, RD_DIS_LOCK), 'nobody can hide the digest');
  assert.ok(
    dump.blocks[1]?.every((byte) => byte === 0),
    'the flash key is hidden',
  );
  assert.ok(
    dump.blocks[2]?.some((byte) => byte !== 0),
    'the digest is not',
  );
});

const V1_KEY = Uint8Array.from({ length: 32 }, (_, index) => 3 * index + 1);

/** A chip with secure boot v1: digest in the first sector, key hidden, apps signed on P-256. */
async function securedV1(): Promise<BootRig> {
  if (CURVE.publicKey.kind !== 'EC') throw new TypeError('the vector is a curve');
  const { x, y } = CURVE.publicKey;
  const verificationKey = toHex(toBigEndian(x, 32)) + toHex(toBigEndian(y, 32));
  const bootloader = { secureBoot: 'v1', verificationKey } as const;
  const rig = await BootRig.flashed({ bootloader, partitions: PARTITIONS });
  const iv = new Uint8Array(128).fill(7);
  const image = await digestBootloader(V1_KEY, iv, await buildVirtualBootloader(ESP32, bootloader), portableAes);
  rig.put(0, image);
  rig.put(APP, await signImageV1(await buildVirtualApp({ chip: ESP32, firmware: 'blink', version: '1.0.0' }), CURVE));
  const batch = new EfuseBatch(rig.hardware.efuse);
  batch.setBlock(2, V1_KEY.toReversed());
  batch.set('ABS_DONE_0', 1);
  batch.setBit('RD_DIS', 1);
  batch.commit(
    () => undefined,
    () => undefined,
  );
  return rig;
}

test('secure boot v1 starts a bootloader with its digest and an app with its signature', async () => {
  const rig = await securedV1();
  await rig.bootUntil('blink 1.0.0');
});

test('secure boot v1: an app without signature and a changed bootloader do not start', async () => {
  const rig = await securedV1();
  rig.cells.fill(0xff, APP);
  rig.put(APP, await buildVirtualApp({ chip: ESP32, firmware: 'blink', version: '1.0.0' }));
  await rig.bootUntil('No bootable app partitions');
  assert.ok(rig.lines.includes('E esp_image: Secure boot signature verification failed'));
  rig.put(0x1010, Uint8Array.of((rig.cells[0x1010] ?? 0) ^ 1));
  await rig.bootUntil('secure boot check fail');
});
