import { javascriptRuntime } from './javascriptRuntime.ts';

/** TypeScript whose types can be taken out without a trace, as JavaScript. */
export type StripTypes = (source: string) => string;

/** What of Bun's API is used here. */
interface BunGlobal {
  readonly Transpiler: new (options: { readonly loader: 'ts' }) => { transformSync(source: string): string };
}

/** The means of the runtime; Node's is called experimental there, and says so once for each thread. */
export async function typeStripper(): Promise<StripTypes> {
  if (javascriptRuntime.name === 'Bun') {
    const { Bun } = globalThis as unknown as { readonly Bun: BunGlobal };
    const transpiler = new Bun.Transpiler({ loader: 'ts' });
    return (source) => transpiler.transformSync(source);
  }
  const { stripTypeScriptTypes } = await import('node:module');
  return (source) => stripTypeScriptTypes(source);
}
