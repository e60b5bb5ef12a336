import { z } from 'zod';
import type { SettingText } from './setting.ts';
import { settingsSchema } from './settings.ts';

/** One setting as help, documentation and loader see it. */
export interface SettingRow extends SettingText {
  /** Its place in a settings file: `mqtt.port`. */
  readonly path: string;
  /** `Project`, or empty for a setting outside groups. */
  readonly group: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  /** Undefined: absent unless given. */
  readonly default: unknown;
  /** In words: `a whole number from 0 to 65535`. */
  readonly allowed: string;
  /** Without dashes: `mqtt-port`. */
  readonly flag: string;
  /** `MKIOT_MQTT_PORT` */
  readonly environmentVariable: string;
  readonly isPath: boolean;
}

/** Every setting, in the order of the schema and made from nothing else. */
export function settingsReference(): readonly SettingRow[] {
  return rowsOf(z.toJSONSchema(settingsSchema, { io: 'input' }) as SettingJsonSchema, [], '');
}

/** What of JSON Schema the settings use; the texts are members beside the standard's. */
interface SettingJsonSchema extends Partial<SettingText> {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SettingJsonSchema>>;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function rowsOf(schema: SettingJsonSchema, path: readonly string[], group: string): readonly SettingRow[] {
  if (schema.properties === undefined) return [rowOf(schema, path, group)];
  return Object.entries(schema.properties).flatMap(([name, child]) =>
    rowsOf(child, [...path, name], schema.title ?? ''),
  );
}

function rowOf(schema: SettingJsonSchema, path: readonly string[], group: string): SettingRow {
  const words = path.flatMap((name) => name.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
  return {
    path: path.join('.'),
    group,
    title: schema.title ?? '',
    description: schema.description ?? '',
    type: schema.type as SettingRow['type'],
    default: schema.default,
    allowed: schema.allowed ?? allowedBySchema(schema),
    flag: schema.flag ?? words.join('-'),
    environmentVariable: `MKIOT_${words.join('_').toUpperCase()}`,
    isPath: schema.isPath === true,
    restartNeeded: schema.restartNeeded !== false,
  };
}

function allowedBySchema(schema: SettingJsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return 'true or false';
  return schema.isPath === true ? 'a path' : 'text';
}
