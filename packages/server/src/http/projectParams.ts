import { z } from '@hono/zod-openapi';

/** Path parameters of what belongs to the installation's one project; another project's name is refused. */
export function projectParams(project: string) {
  const isOurs = z.string().refine((text) => text === project, `is not this installation's project, ${project}`);
  return z.object({ project: isOurs });
}
