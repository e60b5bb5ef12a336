import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { usageError } from '../../usageErrors.ts';
import { addBatch } from './batch/batch.ts';
import { confirmBurns } from './confirmBurns.ts';
import { type OpenPort, openPort, type PortPlace, portPlace } from './port/openPort.ts';
import { addPorts } from './ports.ts';
import { findingCounts } from '@mkiot/esp32/audit/report/findingCounts';
import { UnitProgress } from './progress/unitProgress.ts';
import { labelContent } from '@mkiot/esp32/station/record/labelContent';
import { labelUrl } from './record/labelUrl.ts';
import { qrCode, qrLines } from '@mkiot/esp32/station/record/qrCode';
import { type FinishedUnit, unitRecord } from '@mkiot/esp32/station/record/unitRecord';
import { writeUnitRecord } from './record/unitRecordFile.ts';
import { addDeviceOption } from './registration/registrationOptions.ts';
import type { Registrar } from './registration/registrar.ts';
import { benchPorts, registrarOf } from './stationPorts.ts';
import { addUnitOptions, readUnitWork, type UnitOptions, type UnitWork } from './unitOptions.ts';

interface ProvisionOptions extends UnitOptions {
  readonly port?: PortPlace;
  readonly mac?: string;
  readonly yes?: string;
  readonly label?: 'text';
  readonly labelUrl?: string;
  readonly quiet?: boolean;
}

export function addProvision(program: Command, cli: Cli): void {
  const provision = addCommand(program, 'provision', {
    summary: 'Take boards from blank to their firmware: locked, with their keys, and registered',
    details: 'Without a verb it takes one board: "mkiot provision unit --help" says how.',
    examples: [
      'mkiot provision --port /dev/ttyUSB0 --firmware build',
      'mkiot provision batch pumps.csv --port /dev/ttyUSB0 --port /dev/ttyUSB1 --firmware build',
    ],
  });
  addUnit(provision, cli);
  addBatch(provision, cli);
  addPorts(provision, cli);
}

function addUnit(provision: Command, cli: Cli): void {
  const unit = addCommand(provision, 'unit', {
    isDefault: true,
    summary: 'Take a board from blank to its firmware: locked, with its keys, and registered',
    details:
      'Identifies the chip by its own eFuses, audits them, writes the firmware of a build and verifies it. With --profile the ' +
      'firmware is encrypted, and eFuses are burned by the plan of "mkiot esp32 plan": shown, rehearsed on a virtual chip in ' +
      'the state of this one, confirmed by its MAC address, and read back after each. With --station the board gets its keys ' +
      'and is registered. A run that was cut is repeated with the same words; Ctrl-C ends one between two steps.',
    examples: [
      'mkiot provision --port /dev/ttyUSB0 --firmware build',
      'mkiot provision --port COM3 --firmware build --profile production --book units --signing-key signing.pem',
      'mkiot provision --port /dev/ttyUSB0 --firmware .pio/build/esp32dev --station line-1.station.json --record units',
    ],
  });
  unit.option(
    '--port <place>',
    'the serial port: /dev/ttyUSB0 or COM3, rfc2217:HOST:PORT, or tcp:HOST:PORT',
    portPlace,
  );
  addDeviceOption(addUnitOptions(unit))
    .option('--mac <address>', 'the only chip that is meant')
    .option('--yes <mac>', 'burn without asking, if this is the MAC address of the chip')
    .option('--record <folder>', 'writes what anybody may know of the unit, MAC.json, and its label, MAC.svg')
    .addOption(new Option('--label <form>', 'shows the QR code of the label here').choices(['text']))
    .option(
      '--label-url <url>',
      'what the QR code opens, with {device} and {mac} (default: a text with both)',
      labelUrl,
    )
    .option('--quiet', 'tell nothing but the result')
    .action((options: ProvisionOptions) => provisionOne(options, cli));
}

async function provisionOne(options: ProvisionOptions, cli: Cli): Promise<void> {
  const { port } = options;
  if (port === undefined) throw usageError('PORT_NOT_NAMED');
  const work = await readUnitWork(options, cli.ports.clock);
  const audience = options.quiet === true ? 'nobody' : cli.options.json === true ? 'program' : 'person';
  const progress = new UnitProgress(cli.ports, audience);
  try {
    const registrar = registrarOf(work, cli, (line) => progress.note(line));
    await registrar?.sendWaiting();
    await using serial = await openPort(port);
    const done = await takeUnit({ serial, work, registrar, progress, options }, cli);
    await progress.settled();
    await tellResult(done, options, cli);
  } finally {
    await progress.settled();
  }
}

interface Bench {
  readonly serial: OpenPort;
  readonly work: UnitWork;
  readonly registrar: Registrar | undefined;
  readonly progress: UnitProgress;
  readonly options: ProvisionOptions;
}

async function takeUnit({ serial, work, registrar, progress, options }: Bench, cli: Cli): Promise<FinishedUnit> {
  const { signal, clock } = cli.ports;
  let revision: number | undefined;
  const onStop = (): void => {
    progress.note('Stopping before the next step. Ctrl-C once more stops at once.');
    // Who looks for a chip that does not answer has changed nothing yet, and need not look on.
    if (revision === undefined) void serial[Symbol.asyncDispose]();
  };
  signal.addEventListener('abort', onStop, { once: true });
  try {
    const { job } = work;
    const result = await provisionUnit(
      { ...job, mac: options.mac },
      {
        ...benchPorts(work, cli),
        serial,
        async confirm(unit, plan) {
          await progress.settled();
          await confirmBurns(unit, plan, options.yes, cli);
        },
        async register(record) {
          if (registrar === undefined) throw new TypeError('no registration was asked for');
          return registrar.register(record);
        },
        onProgress(event) {
          if (event.type === 'unit') revision = revisionOf(event.unit.efuses);
          progress.take(event);
        },
      },
    );
    const content = labelContent(result, options.labelUrl);
    return { result, firmware: job.firmware, revision, endedMs: clock.now(), content };
  } finally {
    signal.removeEventListener('abort', onStop);
  }
}

async function tellResult(unit: FinishedUnit, { record: folder, label }: ProvisionOptions, cli: Cli): Promise<void> {
  const { mac, chip, device, durationMs, audits } = unit.result;
  const files = folder === undefined ? undefined : await writeUnitRecord(folder, unit);
  const registered = device && `Device ${device.name}: ${REGISTERED[device.registered]}`;
  const lines = [
    `Done in ${(durationMs / 1_000).toFixed(1)} s: ${chip}, MAC ${mac}.`,
    registered,
    `Audit: ${findingCounts(audits.after)}.`,
    files && `Its record is in ${files.record}, its label in ${files.label}.`,
    ...(label === 'text' ? [...qrLines(qrCode(unit.content)), unit.content] : []),
  ];
  await cli.output.result(
    { ...unitRecord(unit), ...files },
    lines.filter((line) => line !== undefined),
  );
}

const REGISTERED = {
  registered: 'registered.',
  queued: 'its record waits for the server, and is sent at the next run.',
} as const;
