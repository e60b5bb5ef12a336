import { compareVersions, type IdfVersion, parseIdfVersion } from './idfVersion.ts';
import type { IdfVulnerability } from './idfVulnerabilities.ts';

/** Whether a release has the fix: a branch has it from its row in `fixedIn` on, and every later branch from the start. */
export function isFixed({ fixedIn }: IdfVulnerability, version: IdfVersion): boolean {
  const fixes = fixedIn.map(parseIdfVersion).filter((fix) => fix !== undefined);
  const branch = fixes.find(([major, minor]) => major === version[0] && minor === version[1]);
  if (branch !== undefined) return compareVersions(version, branch) >= 0;
  const last = fixes.toSorted(compareVersions).at(-1);
  return last !== undefined && compareVersions(version, last) > 0;
}
