import manifest from '../../package.json' with { type: 'json' };

/** Of MkIoT, as its package says. */
export const { version }: { readonly version: string } = manifest;
