import type { SecureContextOptions } from 'node:tls';
import type { HttpsListener, Listener } from './listeners.ts';

type ContextAt = SecureContextOptions & { readonly port: number };

/**
 * HTTPS on Bun, whose server keeps the certificate that it began with: for a new one another server takes its place at the
 * port. Who connects between the two is refused once; calls that run have the usual time to end.
 */
export async function listenReplaceable(
  first: ContextAt,
  open: (context: ContextAt) => Promise<Listener>,
): Promise<HttpsListener> {
  let current = await open(first);
  const { port } = current;
  const ending = new Set<Promise<void>>();
  let replaced = Promise.resolve();

  const replace = async (context: SecureContextOptions): Promise<void> => {
    // It stops listening at once; what takes time is the end of its connections.
    const end = current.close();
    ending.add(end);
    void end.finally(() => ending.delete(end));
    current = await open({ ...context, port });
  };
  return {
    port,
    setSecureContext: (context) => (replaced = replaced.catch(() => undefined).then(() => replace(context))),
    accept: undefined,
    async close(graceMs) {
      await replaced.catch(() => undefined);
      await Promise.all([current.close(graceMs), ...ending]);
    },
  };
}
