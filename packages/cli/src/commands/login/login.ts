import { ApiClient } from '@mkiot/core/api/client';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { CredentialsFile } from '../../connection/credentials.ts';
import { nodeFetch } from '../../connection/nodeFetch.ts';
import { parseServerUrl } from '../../connection/serverUrl.ts';
import type { TerminalInput } from '../../ports.ts';
import { establishTrust } from './establishTrust.ts';
import { loginError } from './loginErrors.ts';

export function addLogin(program: Command, cli: Cli): void {
  addCommand(program, 'login', {
    summary: 'Log in to a server elsewhere and remember it',
    details:
      'Takes the one-time link that a new server prints, or an API token from the standard input. Before anything is ' +
      'sent, you compare the fingerprint of the server with what "mkiot ca show" prints there; from then on that ' +
      'authority alone is trusted.',
    examples: [
      "mkiot login 'https://iot.example:8443/setup#CODE'",
      'mkiot login https://iot.example:8443 --fingerprint sha256:4f1c… < token.txt',
    ],
  })
    .argument('<url>', 'the set-up link, or the address of the server')
    .option('--fingerprint <fingerprint>', 'the fingerprint that the server must have; for scripts')
    .action(async (text: string, { fingerprint }: { readonly fingerprint?: string }) => {
      const link = parseServerUrl(text);
      const url = link.origin;
      const ca = await establishTrust(link, fingerprint, cli);
      const credentials = new CredentialsFile(cli.ports);
      const keep = (token: string): Promise<void> => credentials.write({ url, token, ...(ca && { ca }) });

      using transport = nodeFetch({ url: new URL(url), ca }, cli.ports.signal);
      const code = setupCode(link);
      let token: string;
      if (code === undefined) {
        token = await readToken(cli.ports.input);
      } else {
        ({ token } = await new ApiClient(transport.fetch).setup.exchange(code));
        // It exists nowhere else: it is kept before anything can go wrong.
        await keep(token);
      }
      const { principal, project } = await new ApiClient(transport.fetch, token).whoami();
      await keep(token);
      await cli.output.result({ url, principal, project }, [
        `Logged in to ${url} as ${principal}.`,
        `The login is kept in ${credentials.path}; "mkiot logout" forgets it.`,
      ]);
    });
}

/** The code of a set-up link. It stands in the fragment, which no browser or proxy sends or logs. */
function setupCode({ pathname, hash }: URL): string | undefined {
  return pathname === '/setup' && hash.length > 1 ? hash.slice(1) : undefined;
}

async function readToken(input: TerminalInput): Promise<string> {
  const token = input.isTerminal ? await input.ask('API token: ', { secret: true }) : utf8Decode(await input.readAll());
  if (token.trim() === '') throw loginError('LOGIN_TOKEN_EMPTY');
  return token.trim();
}
