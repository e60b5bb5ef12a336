import { rehearse } from '@mkiot/board/chip/rehearse';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import type { AuditReport } from '@mkiot/esp32/audit/report/auditReport';
import { severityCounts } from '@mkiot/esp32/audit/report/severityCounts';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '@mkiot/esp32/partitionTable/partition';
import { planLines } from '@mkiot/esp32/plan/planText';
import { FLASH_ENCRYPTION_WAYS, type FlashEncryptionWay, type Plan } from '@mkiot/esp32/plan/plan';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { Security, StationEvent } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { stationError } from '@mkiot/esp32/station/stationErrors';
import type { Unit } from '@mkiot/esp32/station/unit';
import { version } from '@mkiot/server/platform/version';
import { type Command, Option } from 'commander';
import { keyValue, wholeNumber, wholeNumberOrHex } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { nodeSigner } from '../../runtime/nodeSigner.ts';
import { usageError } from '../../usageErrors.ts';
import { readPem } from '../esp32/keyFile.ts';
import { openPort, type PortPlace, portPlace } from './port/openPort.ts';
import { addPorts } from './ports.ts';
import { provisionError } from './provisionErrors.ts';
import { type FirmwareOptions, readFirmware } from './readFirmware.ts';
import { unitBookIn } from './unitBookFolder.ts';

interface ProvisionOptions extends FirmwareOptions {
  readonly port?: PortPlace;
  readonly profile?: ProfileName;
  readonly book?: string;
  readonly signingKey?: string;
  readonly encrypt?: FlashEncryptionWay;
  readonly erase?: boolean;
  readonly mac?: string;
  readonly used?: boolean;
  readonly baud: number;
  readonly yes?: string;
}

export function addProvision(program: Command, cli: Cli): void {
  const provision = addCommand(program, 'provision', {
    summary: 'Take a chip from blank to its firmware, encrypted and locked',
    details:
      'Identifies the chip by its own eFuses, audits them, writes the firmware of a build and verifies it. With --profile the ' +
      'firmware is encrypted on this computer, and eFuses are burned by the plan of "mkiot esp32 plan": shown, rehearsed on a ' +
      'virtual chip in the state of this one, confirmed by its MAC address, and read back after each. A run that was cut is ' +
      'repeated with the same words.',
    examples: [
      'mkiot provision --port /dev/ttyUSB0 --firmware build',
      'mkiot provision --port COM3 --firmware build --profile production --book units --signing-key signing.pem',
    ],
  });
  // What stands behind a verb is the verb's: "provision batch --port …".
  provision
    .enablePositionalOptions()
    .option('--port <place>', 'the serial port: /dev/ttyUSB0 or COM3, rfc2217:HOST:PORT, or tcp:HOST:PORT', portPlace)
    .option('--firmware <path>', 'the folder of a build (ESP-IDF, Arduino, PlatformIO), or one merged image')
    .option('--bootloader <file>', 'without --firmware: the bootloader')
    .option('--partitions <file>', 'without --firmware: the partition table, CSV or binary')
    .option('--app <file>', 'without --firmware: the app')
    .option('--data-file <label=file>', 'a file for the partition of that label (repeatable)', keyValue('--data-file'))
    .option(
      '--table-offset <offset>',
      'of the partition table in flash',
      wholeNumberOrHex('--table-offset', 0x1000, 0x100000),
      DEFAULT_PARTITION_TABLE_OFFSET,
    )
    .addOption(new Option('--profile <profile>', 'what to make of the chip').choices(Object.keys(PROFILES)))
    .option('--book <folder>', 'keeps of each unit what a run that is cut needs to go on: its flash key in MAC.key')
    .option('--signing-key <file>', 'the key that signs firmware of this product, as PEM')
    .addOption(
      new Option('--encrypt <where>', 'who encrypts the flash, and makes its key (default: host)').choices(
        FLASH_ENCRYPTION_WAYS,
      ),
    )
    .option('--erase', 'erase the whole flash first: of a used board, all that is in it')
    .option('--mac <address>', 'the only chip that is meant')
    .option('--used', 'the chip may hold keys and settings already')
    .option('--baud <baud>', 'speed of writing', wholeNumber('--baud', 9_600, 3_000_000), 921_600)
    .option('--yes <mac>', 'burn without asking, if this is the MAC address of the chip')
    .action((options: ProvisionOptions) => provisionOne(options, cli));
  addPorts(provision, cli);
}

async function provisionOne(options: ProvisionOptions, cli: Cli): Promise<void> {
  const { clock } = cli.ports;
  if (options.port === undefined) throw usageError('PORT_NOT_NAMED');
  const { chip: firmwareChip, parts: firmware } = await readFirmware(options);
  const { book: folder, profile } = options;
  if (profile !== undefined && folder === undefined) throw provisionError('BOOK_MISSING', { profile });
  const security = profile === undefined ? undefined : await securityOf(profile, options);
  await using serial = await openPort(options.port);
  let printed = Promise.resolve();
  const print = (work: () => Promise<void>): void => void (printed = printed.then(work));
  const { mac, used: mayBeUsed = false, baud, erase } = options;
  const result = await provisionUnit(
    { firmware, firmwareChip, mac, mayBeUsed, baud, security, erase },
    {
      serial,
      clock,
      aes: nodeAes,
      random: cli.ports.random,
      crypto: webInstallCrypto,
      book: folder === undefined ? memoryUnitBook() : unitBookIn(folder),
      tool: version,
      rehearse: (state, work) => rehearse(state, clock, work),
      async confirm(unit, plan) {
        await printed;
        await confirm(unit, plan, options, cli);
      },
      register: async () => {
        throw new TypeError('no registration was asked for');
      },
      onProgress: (event) => print(() => tell(event, cli)),
    },
  );
  await printed;
  const { audits, ...record } = result;
  const findings = findingCounts(audits.after);
  await cli.output.result({ ...record, audit: { grade: audits.after.grade, findings } }, [
    `Done in ${(result.durationMs / 1_000).toFixed(1)} s: ${result.chip}, MAC ${result.mac}.`,
    `Audit of its eFuses: ${findings}.`,
  ]);
}

async function tell(event: StationEvent, cli: Cli): Promise<void> {
  const { output } = cli;
  if (event.type === 'step') {
    await output.note(`${(event.atMs / 1_000).toFixed(1).padStart(6)} s  ${event.step.padEnd(9)} ${event.detail}`);
  } else if (event.type === 'audit' && event.when === 'before') {
    await output.note(`          audit     its eFuses before: ${findingCounts(event.report)}`);
  }
}

/** The audit in a line: "2 critical, 1 high". */
function findingCounts({ devices }: AuditReport): string {
  return severityCounts(devices.flatMap(({ findings }) => findings)) || 'no findings';
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

async function securityOf(profile: ProfileName, { signingKey, encrypt }: ProvisionOptions): Promise<Security> {
  const signer = signingKey === undefined ? undefined : nodeSigner(await readPem(signingKey));
  return { profile: PROFILES[profile], signer, encryption: encrypt };
}
