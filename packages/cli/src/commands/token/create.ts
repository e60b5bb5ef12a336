import { ROLES, type Role } from '@mkiot/core/contract/permissions';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import { type Command, Option } from 'commander';
import { durationSeconds } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly expiresIn?: number;
}

export function addTokenCreate(tokens: Command, cli: Cli): void {
  addCommand(tokens, 'create', {
    summary: 'Make an API token; its text is shown this one time',
    details:
      'Roles: viewer reads; deviceController reads and sends configs and commands; provisioner reads and registers ' +
      'devices; editor does all of this and manages registries and subscriptions; admin also manages tokens. With ' +
      '--registry it is good for that registry only.',
    examples: [
      'mkiot token create --name "pump factory" --role provisioner --expires-in 90d',
      'mkiot token create --name wallboard --role viewer --json',
    ],
  })
    .requiredOption('--name <name>', 'what it is for; the audit trail shows it')
    .addOption(new Option('--role <role>', 'what its holder may do').choices(Object.keys(ROLES)).makeOptionMandatory())
    .option('--expires-in <duration>', 'it works for this long: 90s, 15m, 12h, 30d', durationSeconds('--expires-in'))
    .action(async ({ name, role, expiresIn }: CreateOptions) => {
      const { registry } = cli.options;
      const expireTime = expiresIn && new Date(cli.ports.clock.now() + expiresIn * 1_000).toISOString();
      await cli.withServer(async ({ api, names }) => {
        const issued = await api.tokens.create(names.defaults.project, {
          name,
          role,
          ...(registry && { registry: formatRegistryName(names.registry()) }),
          ...(expireTime && { expireTime }),
        });
        await cli.output.note(`Token ${issued.id} (${name}, ${role}). It is not shown again:`);
        await cli.output.result(issued, [issued.token]);
      });
    });
}
