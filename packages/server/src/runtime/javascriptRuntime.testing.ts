import { javascriptRuntime } from './javascriptRuntime.ts';

/**
 * Test options for what Bun does otherwise: the test is skipped there, with the reason as its name in docs/bun.md has it.
 *
 * @example test('a certificate is exchanged', exceptOnBun('its clients tell no session'), async () => { … });
 */
export function exceptOnBun(reason: string): { readonly skip?: string } {
  return javascriptRuntime.name === 'Bun' ? { skip: reason } : {};
}
