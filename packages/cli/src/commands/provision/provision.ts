import { rehearse } from '@mkiot/board/chip/rehearse';
import { planLines } from '@mkiot/esp32/plan/planText';
import type { Plan } from '@mkiot/esp32/plan/plan';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { Security, StationEvent } from '@mkiot/esp32/station/job';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { stationError } from '@mkiot/esp32/station/stationErrors';
import type { Unit } from '@mkiot/esp32/station/unit';
import { type Command, Option } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { nodeSigner } from '../../runtime/nodeSigner.ts';
import { usageError } from '../../usageErrors.ts';
import { readPem } from '../esp32/keyFile.ts';
import { auditUnit, findingCounts } from './auditUnit.ts';
import { flashKeysIn } from './flashKeysFolder.ts';
import { NetworkPort, type PortPlace } from './networkPort.ts';
import { provisionError } from './provisionErrors.ts';
import { readFirmware } from './readFirmware.ts';

interface ProvisionOptions {
  readonly port: PortPlace;
  readonly firmware: string;
  readonly profile?: ProfileName;
  readonly flashKeys?: string;
  readonly signingKey?: string;
  readonly mac?: string;
  readonly used?: boolean;
  readonly baud: number;
  readonly yes?: string;
}

export function addProvision(program: Command, cli: Cli): void {
  addCommand(program, 'provision', {
    summary: 'Take a chip from blank to its firmware, encrypted and locked',
    details:
      'Identifies the chip by its own eFuses, audits them, writes the firmware of a build and verifies it. With --profile the ' +
      'firmware is encrypted on this computer, and eFuses are burned by the plan of "mkiot esp32 plan": shown, rehearsed on a ' +
      'virtual chip in the state of this one, confirmed by its MAC address, and read back after each. A run that was cut is ' +
      'repeated with the same words.',
    examples: [
      'mkiot provision --port rfc2217:127.0.0.1:4000 --firmware build',
      'mkiot provision --port rfc2217:127.0.0.1:4000 --firmware build --profile production --flash-keys keys --signing-key signing.pem',
    ],
  })
    .requiredOption(
      '--port <place>',
      'the serial port: rfc2217:HOST:PORT, or tcp:HOST:PORT without reset lines',
      portOf,
    )
    .requiredOption('--firmware <folder>', 'the folder of a build, with its flasher_args.json')
    .addOption(new Option('--profile <profile>', 'what to make of the chip').choices(Object.keys(PROFILES)))
    .option('--flash-keys <folder>', 'keeps the flash key of each unit, in MAC.key, for a run that is cut')
    .option('--signing-key <file>', 'the key that signs firmware of this product, as PEM')
    .option('--mac <address>', 'the only chip that is meant')
    .option('--used', 'the chip may hold keys and settings already')
    .option('--baud <baud>', 'speed of writing', wholeNumber('--baud', 9_600, 3_000_000), 921_600)
    .option('--yes <mac>', 'burn without asking, if this is the MAC address of the chip')
    .action((options: ProvisionOptions) => provision(options, cli));
}

async function provision(options: ProvisionOptions, cli: Cli): Promise<void> {
  const { clock } = cli.ports;
  const { chip: firmwareChip, parts: firmware } = await readFirmware(options.firmware);
  const security = options.profile === undefined ? undefined : await securityOf(options.profile, options);
  using serial = await NetworkPort.open(options.port);
  let printed = Promise.resolve();
  const print = (work: () => Promise<void>): void => void (printed = printed.then(work));
  const { mac, used: mayBeUsed = false, baud } = options;
  const result = await provisionUnit(
    { firmware, firmwareChip, mac, mayBeUsed, baud, security },
    {
      serial,
      clock,
      aes: nodeAes,
      random: cli.ports.random,
      rehearse: (state, work) => rehearse(state, clock, work),
      async confirm(unit, plan) {
        await printed;
        await confirm(unit, plan, options, cli);
      },
      onProgress: (event) => print(() => tell(event, cli)),
    },
  );
  await printed;
  const { efuses, ...record } = result;
  const audit = await auditUnit(result.mac, efuses, clock.now());
  await cli.output.result({ ...record, audit: { grade: audit.grade, findings: findingCounts(audit) } }, [
    `Done in ${(result.durationMs / 1_000).toFixed(1)} s: ${result.chip}, MAC ${result.mac}.`,
    `Audit of its eFuses: ${findingCounts(audit)}.`,
    `Digest of its eFuses: ${result.efuseDigest}.`,
  ]);
}

async function tell(event: StationEvent, cli: Cli): Promise<void> {
  const { output } = cli;
  if (event.type === 'step') {
    await output.note(`${(event.atMs / 1_000).toFixed(1).padStart(6)} s  ${event.step.padEnd(9)} ${event.detail}`);
  } else if (event.type === 'unit') {
    const audit = await auditUnit(event.unit.mac, event.unit.efuses, cli.ports.clock.now());
    await output.note(`          audit     its eFuses before: ${findingCounts(audit)}`);
  }
}

/** @throws `UNIT_BURN_NOT_CONFIRMED` */
async function confirm({ mac }: Unit, plan: Plan, { yes }: ProvisionOptions, cli: Cli): Promise<void> {
  const { output, ports } = cli;
  if (yes === undefined) await output.note(...planLines(plan));
  const isAsked = yes === undefined && ports.input.isTerminal;
  const given = isAsked ? await ports.input.ask('To burn this, which cannot be undone, type the MAC address: ') : yes;
  if (given?.trim().toLowerCase() === mac) return;
  throw stationError('UNIT_BURN_NOT_CONFIRMED', { mac, given: given === undefined ? 'nothing' : `"${given}"` });
}

async function securityOf(
  profile: ProfileName,
  { flashKeys: folder, signingKey }: ProvisionOptions,
): Promise<Security> {
  if (folder === undefined) throw provisionError('FLASH_KEYS_MISSING', { profile });
  const signer = signingKey === undefined ? undefined : nodeSigner(await readPem(signingKey));
  return { profile: PROFILES[profile], flashKeys: flashKeysIn(folder), signer };
}

function portOf(value: string): PortPlace {
  const [, protocol, host = '127.0.0.1', port] = /^(tcp|rfc2217):(?:([\w.-]+):)?(\d{1,5})$/.exec(value) ?? [];
  if (protocol !== undefined && Number(port) <= 0xffff) {
    return { protocol: protocol as PortPlace['protocol'], host, tcpPort: Number(port) };
  }
  throw usageError('ARGUMENT_WRONG', { argument: '--port', value, allowed: 'rfc2217:HOST:PORT or tcp:HOST:PORT' });
}
