import { version } from '@mkiot/server/platform/version';
import { javascriptRuntime } from '@mkiot/server/runtime/javascriptRuntime';
import { Command, type OutputConfiguration } from 'commander';
import { Cli } from './cli.ts';
import { addAudit } from './commands/audit/audit.ts';
import { addAuditTrail } from './commands/auditTrail/auditTrail.ts';
import { addBan } from './commands/ban/ban.ts';
import { addBoard } from './commands/board/board.ts';
import { addCa } from './commands/ca/ca.ts';
import { addDemo } from './commands/demo.ts';
import { addDevice } from './commands/device/device.ts';
import { addEsp32 } from './commands/esp32/esp32.ts';
import { addEvents } from './commands/events/events.ts';
import { addGateway } from './commands/gateway/gateway.ts';
import { addLogin } from './commands/login/login.ts';
import { addLogout } from './commands/login/logout.ts';
import { addWhoami } from './commands/login/whoami.ts';
import { addProvision } from './commands/provision/provision.ts';
import { addRegistry } from './commands/registry/registry.ts';
import { addSettings } from './commands/settings.ts';
import { addSetupLink } from './commands/setupLink.ts';
import { addStation } from './commands/station/station.ts';
import { addToken } from './commands/token/token.ts';
import { addUp } from './commands/up.ts';
import type { CliPorts } from './ports.ts';

const ABOUT =
  'MkIoT: a self-hosted, secure-by-default IoT platform for makers.\n\n' +
  'Commands are a noun and a verb: "mkiot device list". They talk to the server that runs on this machine, or to the ' +
  'one of "mkiot login".';

const { name: runtime, version: runtimeVersion } = javascriptRuntime;

/** All commands of `mkiot`. `output` takes what commander prints by itself: help and version. */
export function buildProgram(ports: CliPorts, output: OutputConfiguration): { program: Command; cli: Cli } {
  const program = new Command('mkiot')
    .description(ABOUT)
    .version(`${version} (${runtime} ${runtimeVersion})`, '--version', 'print the version, and what it runs on')
    .option('--json', 'print JSON, for programs')
    .option('--debug', 'print where an error came from')
    .option('--data <folder>', 'data folder of a server on this machine')
    .option('--server <url>', 'https://HOST:8443 (or in MKIOT_SERVER)')
    .option('--token <token>', 'API token (better in MKIOT_TOKEN)')
    .option('--ca <file>', 'its certificate authority (or in MKIOT_CA)')
    .option('--registry <registry>', 'registry of short device names')
    // The longest options leave 30 columns of 80 for their text.
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 30 })
    .configureOutput({
      ...output,
      getOutHelpWidth: () => ports.output.columns,
      getErrHelpWidth: () => ports.output.columns,
    })
    .exitOverride();
  const cli = new Cli(ports, program);
  addUp(program, cli);
  addDemo(program, cli);
  addSetupLink(program, cli);
  addCa(program, cli);
  addSettings(program, cli);
  addLogin(program, cli);
  addLogout(program, cli);
  addWhoami(program, cli);
  addToken(program, cli);
  addRegistry(program, cli);
  addDevice(program, cli);
  addGateway(program, cli);
  addStation(program, cli);
  addEvents(program, cli);
  addBoard(program, cli);
  addProvision(program, cli);
  addEsp32(program, cli);
  addAudit(program, cli);
  addBan(program, cli);
  addAuditTrail(program, cli);
  return { program, cli };
}
