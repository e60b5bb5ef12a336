import { APP_DESCRIPTION_BYTES } from '@mkiot/esp32/image/appDescription';
import { bootError } from '../boot/bootErrors.ts';
import { parseVirtualTag } from '../boot/virtualTag.ts';

/** What makes an app image one of a virtual chip: the program that its code would be. */
export interface AppTag {
  /** Name in the registry of programs. */
  readonly firmware: string;
  readonly version: string;
}

/** The tag stands behind the app description in the first segment. */
const APP_TAG_OFFSET: number = APP_DESCRIPTION_BYTES;

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** As long as the app description has room for, its zero included. */
const VERSION = /^[\x20-\x7e]{1,31}$/;

/** @throws `TAG_INVALID` */
export function checkAppTag(value: unknown): AppTag {
  const { firmware, version } = (value ?? {}) as Partial<Readonly<Record<string, unknown>>>;
  const wrong = (member: string): Error =>
    bootError('TAG_INVALID', { kind: 'app', reason: `its member "${member}" cannot be` });
  if (typeof firmware !== 'string' || !NAME.test(firmware)) throw wrong('firmware');
  if (typeof version !== 'string' || !VERSION.test(version)) throw wrong('version');
  return { firmware, version };
}

/** The tag of an app; undefined: its image is a real one. @throws `TAG_INVALID` */
export function parseAppTag(firstSegment: Uint8Array): AppTag | undefined {
  const value = parseVirtualTag('app', firstSegment, APP_TAG_OFFSET);
  return value === undefined ? undefined : checkAppTag(value);
}
