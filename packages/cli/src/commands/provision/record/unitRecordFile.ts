import { type FinishedUnit, unitLabel, unitRecord } from '@mkiot/esp32/station/record/unitRecord';
import { join } from 'node:path';
import { makeNamedFolder, writeNamedFile } from '../../../namedFile.ts';

/** Writes `MAC.json` and the label, `MAC.svg`, into the folder. @returns where they are @throws `FILE_NOT_WRITTEN` */
export async function writeUnitRecord(
  folder: string,
  unit: FinishedUnit,
): Promise<{ readonly record: string; readonly label: string }> {
  await makeNamedFolder(folder);
  const name = join(folder, unit.result.mac.replaceAll(':', ''));
  const files = { record: `${name}.json`, label: `${name}.svg` };
  await writeNamedFile(files.record, `${JSON.stringify(unitRecord(unit), undefined, 2)}\n`);
  await writeNamedFile(files.label, unitLabel(unit));
  return files;
}
