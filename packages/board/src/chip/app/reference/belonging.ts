import { toHex } from '@mkiot/core/bytes/bytes';
import { webSha256 } from '@mkiot/core/crypto/webSha256';
import { encodeFactoryData, type FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { installedBytes } from '@mkiot/core/keyInstall/requests';
import type { AppWorld } from '../firmware.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';
import { partitionNamed } from '../partitionNamed.ts';
import { chipKeys, openChipKey, signingKeyOf } from './chipKey.ts';
import { readFactoryData } from './factoryData.ts';
import { decodeInstallRecord, INSTALL_RECORD_KEY, type InstallRecord } from './keyInstall/installRecord.ts';
import { KeyRing } from './keyRing.ts';

/** Where a device belongs, and by which keys it is known there. */
export interface Belonging {
  readonly factory: FactoryData;
  readonly keys: KeyRing;
  /** What key install has stored, in hexadecimal; undefined: the factory data came in a partition. */
  readonly installDigest: string | undefined;
}

/** What key install or the partition `fctry` says; undefined: the device is in factory state. @throws `INSTALL_RECORD_DAMAGED`, `NVS_UNKNOWN` */
export async function openBelonging(world: AppWorld, nvs: NvsPartition): Promise<Belonging | undefined> {
  const stored = nvs.get(INSTALL_RECORD_KEY);
  if (stored !== undefined) return installed(decodeInstallRecord(stored), world, nvs);
  const { offset, size } = partitionNamed(world, 'fctry');
  const factory = readFactoryData(world.flash.raw.read(offset, size));
  if (factory === undefined) return undefined;
  const key = await signingKeyOf(await openChipKey(nvs, world.hardware.random));
  return { factory, keys: new KeyRing([key], nvs), installDigest: undefined };
}

async function installed(record: InstallRecord, { hardware }: AppWorld, nvs: NvsPartition): Promise<Belonging> {
  const { privateKeys, factory } = record;
  const chip = chipKeys(hardware.random);
  const publicKeys = privateKeys.map((key) => chip.publicKeyOf(key) ?? new Uint8Array());
  const digest = await webSha256(installedBytes(publicKeys, encodeFactoryData(factory)));
  const keys = await Promise.all(privateKeys.map(signingKeyOf));
  for (const key of privateKeys) key.fill(0);
  return { factory, keys: new KeyRing(keys, nvs), installDigest: toHex(digest) };
}
