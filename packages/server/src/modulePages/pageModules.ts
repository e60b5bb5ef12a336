import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { typeStripper } from '../runtime/stripTypes.ts';
import { modulePageError } from './modulePageErrors.ts';

/** All that a page imports, as a browser takes it. */
export interface PageModules {
  /** JavaScript by its path, `esp32/station/job.ts`: the package, then as in its sources. */
  readonly sources: ReadonlyMap<string, string>;
  /** The paths of what is imported across packages, by its name `@mkiot/esp32/station/job`. */
  readonly names: ReadonlyMap<string, string>;
}

/** Reads a script that imports nothing, by its name, and takes the types out. */
export async function readPageScript(name: string): Promise<string> {
  const stripTypes = await typeStripper();
  return stripTypes(await readNamed(name));
}

/** Reads a file of one of our packages, by its name. */
export function readNamed(name: string): Promise<string> {
  return readFile(createRequire(import.meta.filename).resolve(name), 'utf8');
}

/** A module of a package. */
interface PageModule {
  /** Without its scope. */
  readonly package: string;
  /** The folder of the package's sources. */
  readonly root: string;
  readonly file: string;
}

/** An import or export of another module, where types are gone and statements begin their line. */
const IMPORT = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
/** Packages of others that are one module, which a browser takes as it is. */
const FOREIGN: ReadonlySet<string> = new Set(['qr']);
const NAME = /^@mkiot\/(\w+)\/([\w/]+)$/;

/**
 * Reads a module and all that it imports, and takes the types out.
 *
 * @param entry such as `@mkiot/station/main`
 * @throws `PAGE_IMPORT_FOREIGN` for what is no module of our packages
 */
export async function readPageModules(entry: string): Promise<PageModules> {
  const stripTypes = await typeStripper();
  const sources = new Map<string, string>();
  const names = new Map<string, string>();
  const read = async (module: PageModule): Promise<void> => {
    const path = pathOf(module);
    if (sources.has(path)) return;
    // Before the first pause: a cycle, and a module that two import, are read once.
    sources.set(path, '');
    const text = await readFile(module.file, 'utf8');
    const source = module.file.endsWith('.ts') ? stripTypes(text) : text;
    sources.set(path, source);
    const imported = importsOf(source).map((name) => {
      const other = resolve(name, module);
      if (!name.startsWith('.')) names.set(name, pathOf(other));
      return other;
    });
    await Promise.all(imported.map(read));
  };
  const module = named(entry, import.meta.filename);
  if (module === undefined) throw modulePageError('PAGE_IMPORT_FOREIGN', { module: 'the page', name: entry });
  names.set(entry, pathOf(module));
  await read(module);
  return { sources: sorted(sources), names: sorted(names) };
}

/** The names of the modules that a module imports, in JavaScript. */
export function importsOf(source: string): readonly string[] {
  return [...source.matchAll(IMPORT)].map(([, , name = '']) => name);
}

/** @throws `PAGE_IMPORT_FOREIGN` */
function resolve(name: string, importer: PageModule): PageModule {
  const file = join(dirname(importer.file), name);
  const isInside = file.startsWith(importer.root + sep);
  const found = name.startsWith('.') ? isInside && { ...importer, file } : named(name, importer.file);
  if (found) return found;
  throw modulePageError('PAGE_IMPORT_FOREIGN', { module: pathOf(importer), name });
}

/** Where a package itself says that its module is. */
function named(name: string, importer: string): PageModule | undefined {
  if (FOREIGN.has(name)) {
    const file = createRequire(importer).resolve(name);
    return { package: name, root: dirname(file), file };
  }
  const [, owner, rest] = NAME.exec(name) ?? [];
  if (owner === undefined || rest === undefined) return undefined;
  const file = createRequire(importer).resolve(name);
  const root = join(file, ...rest.split('/').map(() => '..'));
  return { package: owner, root, file };
}

function pathOf({ package: owner, root, file }: PageModule): string {
  return [owner, ...relative(root, file).split(sep)].join('/');
}

function sorted(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
