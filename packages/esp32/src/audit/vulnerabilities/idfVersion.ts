import { IMAGE_MAGIC } from '../../image/image.ts';
import { parseImage } from '../../image/parseImage.ts';
import { parseAppDescription } from '../../image/appDescription.ts';
import { parseBootloaderDescription } from '../../image/bootloaderDescription.ts';
import type { Observation } from '../rule.ts';
import type { AuditSubject } from '../subject.ts';

/** A release of ESP-IDF. */
export type IdfVersion = readonly [major: number, minor: number, patch: number];

/** A version, and where it was seen. */
export interface SeenVersion {
  readonly version: IdfVersion;
  readonly seen: Observation;
}

/** Reads "v4.4.8", "5.1" or "v5.2-dev-123-gabc"; undefined for what names no release, such as a commit. */
export function parseIdfVersion(text: string): IdfVersion | undefined {
  const [, major, minor, patch = '0'] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Every version of ESP-IDF that an input tells: of the sdkconfig, of the boot log, and of the images in flash. */
export function idfVersionsOf(subject: AuditSubject): readonly SeenVersion[] {
  return [...fromSdkconfig(subject), ...fromLog(subject), ...fromFlash(subject)];
}

function fromSdkconfig({ sdkconfig }: AuditSubject): readonly SeenVersion[] {
  const text = sdkconfig?.value.idfVersion;
  if (sdkconfig === undefined || text === undefined) return [];
  return seenVersion(text, { source: sdkconfig.source, text: `The sdkconfig is of ESP-IDF ${text}.` });
}

const IN_LOG = /ESP-IDF:?\s+v?(\d+\.\d+\S*)/;

function fromLog({ bootLog }: AuditSubject): readonly SeenVersion[] {
  if (bootLog === undefined) return [];
  const seen = bootLog.value.lines.flatMap(({ text, number }) => {
    const version = IN_LOG.exec(text)?.[1];
    if (version === undefined) return [];
    return seenVersion(version, { source: bootLog.source, line: number, text: `The boot log says: "${text}".` });
  });
  return distinct(seen);
}

function fromFlash({ flash }: AuditSubject): readonly SeenVersion[] {
  if (flash === undefined) return [];
  return flash.value.regions.flatMap(({ name, offset, readable }) => {
    const version = imageVersion(readable);
    if (version === undefined) return [];
    const text = `The image in "${name}" was built with ESP-IDF ${version}.`;
    return seenVersion(version, { source: flash.source, offset, partition: name, text });
  });
}

/** What an image says of itself, in its first segment; undefined where a region holds no image. */
function imageVersion(region: Uint8Array): string | undefined {
  if (region[0] !== IMAGE_MAGIC) return undefined;
  try {
    const [segment] = parseImage(Uint8Array.from(region)).segments;
    if (segment === undefined) return undefined;
    const app = parseAppDescription(segment.data, segment.offset);
    return (app ?? parseBootloaderDescription(segment.data, segment.offset))?.idfVersion;
  } catch {
    return undefined;
  }
}

function seenVersion(text: string, seen: Observation): readonly SeenVersion[] {
  const version = parseIdfVersion(text);
  return version === undefined ? [] : [{ version, seen }];
}

function distinct(versions: readonly SeenVersion[]): readonly SeenVersion[] {
  const key = ({ version }: SeenVersion): string => version.join('.');
  return versions.filter((one, index) => versions.findIndex((other) => key(other) === key(one)) === index);
}

/** Negative where `one` is before `other`. */
export function compareVersions(one: IdfVersion, other: IdfVersion): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
