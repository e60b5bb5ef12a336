import { javascriptRuntime } from './javascriptRuntime.ts';

/** TypeScript whose types can be taken out without a trace, as JavaScript. */
export type StripTypes = (source: string) => string;

/** What of Bun's API is used here. */
interface BunGlobal {
  readonly Transpiler: new (options: { readonly loader: 'ts'; readonly target: 'bun' }) => {
    transformSync(source: string): string;
  };
}

/** The means of the runtime; Node's is called experimental there, and says so once for each thread. */
export async function typeStripper(): Promise<StripTypes> {
  if (javascriptRuntime.name === 'Bun') {
    const { Bun } = globalThis as unknown as { readonly Bun: BunGlobal };
    // For other targets it writes "using" in words of older JavaScript, with a module of its own.
    const transpiler = new Bun.Transpiler({ loader: 'ts', target: 'bun' });
    return (source) => transpiler.transformSync(source);
  }
  const { stripTypeScriptTypes } = await import('node:module');
  return (source) => stripTypeScriptTypes(source);
}
