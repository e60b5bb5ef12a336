import { LIMITS } from './limits.ts';

// Characters that IoT Core allows in the ids of registries and devices ("requirements" page).
const ID = /^[a-zA-Z][-a-zA-Z0-9._+~%]+$/;
const SUBFOLDER_LEVEL = '[-a-zA-Z0-9._+~%]+';
const SUBFOLDER = new RegExp(`^[a-zA-Z][-a-zA-Z0-9._+~%]*(/${SUBFOLDER_LEVEL})*$`);
const METADATA_KEY = /^[a-zA-Z][a-zA-Z0-9\-_.+~%]+$/;
const PROJECT_ID = /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/;
const LOCATION_ID = /^[a-z][-a-z0-9]{0,62}$/;
const NUMERIC_ID = /^[1-9][0-9]{0,15}$/;

/** Whether `id` may name a registry or a device. */
export function isResourceId(id: string): boolean {
  const { min, max } = LIMITS.deviceIdLength;
  return id.length >= min && id.length <= max && ID.test(id) && !id.startsWith('goog');
}

/** Whether `text` is a numeric id. Ids start with a letter, so the two never look alike. Ours stay safe integers. */
export function isNumericId(text: string): boolean {
  return NUMERIC_ID.test(text) && Number.isSafeInteger(Number(text));
}

export function isProjectId(id: string): boolean {
  return PROJECT_ID.test(id);
}

export function isLocationId(id: string): boolean {
  return LOCATION_ID.test(id);
}

/** Whether `subfolder` may follow `events/` or `commands/`. */
export function isSubfolder(subfolder: string): boolean {
  return subfolder.length <= LIMITS.subfolderBytes && SUBFOLDER.test(subfolder);
}

export function isMetadataKey(key: string): boolean {
  return key.length < LIMITS.metadataKeyBytes && METADATA_KEY.test(key);
}
