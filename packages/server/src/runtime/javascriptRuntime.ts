export interface JavascriptRuntime {
  readonly name: 'Node' | 'Bun';
  readonly version: string;
}

const { bun, node } = process.versions;

/** What this process runs on. */
export const javascriptRuntime: JavascriptRuntime =
  bun === undefined ? { name: 'Node', version: node } : { name: 'Bun', version: bun };
