import { z } from 'zod';

/** What people are told about a setting, beside the type, range and default that its schema holds. */
export interface SettingText {
  readonly title: string;
  readonly description: string;
  /** What is allowed, in words, where the schema checks more than a range or a list. */
  readonly allowed?: string;
  /** The flag without its dashes, where it is not made of the setting's path. */
  readonly flag?: string;
  /** A file or folder: `~/` is the home folder, a relative path in a settings file starts at that file's folder. */
  readonly isPath?: boolean;
  /** Whether a change waits for the next start. */
  readonly restartNeeded: boolean;
}

/** Gives a schema the texts of a setting; they travel with it into the JSON Schema that everything else is made of. */
export function setting<Schema extends z.ZodType>(
  schema: Schema,
  text: Omit<SettingText, 'restartNeeded'> & { readonly restartNeeded?: boolean },
): Schema {
  return schema.meta({ restartNeeded: true, ...text });
}

/** Settings that belong together under one name. Each has a default or may be absent, so the group may be absent too. */
export function settingGroup<Shape extends z.ZodRawShape>(title: string, shape: Shape) {
  return z
    .strictObject(shape)
    .meta({ title })
    .prefault({} as never);
}
