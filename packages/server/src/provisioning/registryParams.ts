import { z } from '@hono/zod-openapi';

/** Path parameters of what belongs to a registry. */
export const registryParams = z.object({ project: z.string(), location: z.string(), registry: z.string() });
