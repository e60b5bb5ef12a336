import type { Gunzip } from '@mkiot/esp32/audit/inputs/recogniseInput';
import { promisify } from 'node:util';
import { gunzip as zlibGunzip } from 'node:zlib';

/** The port on zlib: what unpacks to more than is allowed is given up, not kept in memory. */
export const gunzip: Gunzip = async (packed, maxOutputLength) =>
  new Uint8Array(await promisify(zlibGunzip)(packed, { maxOutputLength }));
