import { registryError } from './registryErrors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of `source`, what the dotted `paths` name; a path to what is not there names nothing. */
export function pickPaths(source: Fields, paths: readonly string[]): Fields {
  const steps = paths.map((path) => path.split('.'));
  const picked = [...new Set(steps.map(([name = '']) => name))].flatMap((name) => {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    if (value === undefined) return [];
    const deeper = steps.filter(([first]) => first === name).map(([, ...rest]) => rest.join('.'));
    if (deeper.includes('')) return [[name, value]];
    return typeof value === 'object' && value !== null ? [[name, pickPaths(value as Fields, deeper)]] : [];
  });
  return Object.fromEntries(picked) as Fields;
}

/**
 * What a fieldMask leaves of a resource (IoT Core's API, 3.4).
 *
 * @param names the resource's members
 * @throws `FIELD_UNKNOWN`
 */
export function fieldPicker(fieldMask: readonly string[], names: readonly string[]): (resource: object) => Fields {
  const unknown = fieldMask.find((path) => !names.includes(path.split('.', 1)[0] ?? ''));
  if (unknown !== undefined) throw registryError('FIELD_UNKNOWN', { field: unknown, allowed: names.join(', ') });
  return (resource) => pickPaths({ ...resource }, fieldMask);
}

/** For each path that an updateMask may name, the paths of the record that it changes. */
export type UpdatableFields = Readonly<Record<string, readonly string[]>>;

/**
 * What an update changes: of `fields`, which have their default where the body is silent, those that the mask names. So
 * a named field that is absent from the body is cleared, and nothing else is touched.
 *
 * @throws `UPDATE_MASK_EMPTY`, `FIELD_NOT_UPDATABLE`
 */
export function maskedUpdate<Patch extends object>(
  fields: Patch,
  updateMask: readonly string[],
  updatable: UpdatableFields,
): Patch {
  const allowed = Object.keys(updatable).join(', ');
  if (updateMask.length === 0) throw registryError('UPDATE_MASK_EMPTY', { allowed });
  const paths = updateMask.flatMap((field) => {
    if (!Object.hasOwn(updatable, field)) throw registryError('FIELD_NOT_UPDATABLE', { field, allowed });
    return updatable[field] ?? [];
  });
  return pickPaths({ ...fields } as Fields, paths) as Patch;
}
