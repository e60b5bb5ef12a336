import { portHolder } from './portHolder.ts';

/** Why a port could not be listened on, and what to do about it: parts of a sentence for whoever starts the server. */
export type ListenProblem = { readonly reason: string; readonly remedy: string };

/**
 * Explains the error with which listening failed.
 *
 * @param port undefined: it was no port but a unix socket
 */
export async function listenProblem(error: unknown, port: number | undefined): Promise<ListenProblem> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const holder = port === undefined ? undefined : await portHolder(port);
    return { reason: `EADDRINUSE, ${holder ?? 'another program'} has it already`, remedy: 'End that' };
  }
  if (code === 'EACCES') {
    const reason = 'EACCES, low ports are for root';
    return { reason, remedy: 'Run it as root or with the capability CAP_NET_BIND_SERVICE' };
  }
  if (code === 'EADDRNOTAVAIL') {
    return { reason: 'EADDRNOTAVAIL, the machine has no such address', remedy: 'Give it the address' };
  }
  return { reason: code ?? message, remedy: 'Free it' };
}
