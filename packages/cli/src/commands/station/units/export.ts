import { base64Decode } from '@mkiot/core/bytes/base64';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cli } from '../../../cli.ts';
import { collect } from '../../../collect.ts';
import { addCommand } from '../../../commandHelp.ts';
import { derSignature } from './derSignature.ts';

const exportError = errorTable({
  UNIT_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message:
      'No station of {registry} has registered a unit with the MAC address {mac}. "mkiot station units list" shows all.',
  },
  UNIT_NOT_WRITTEN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The record of the unit could not be written to {folder}: {reason}. Name another folder with --out.',
  },
});

export function addUnitsExport(units: Command, cli: Cli): void {
  addCommand(units, 'export', {
    summary: 'Write what a station has signed of a unit, so that anybody can check it',
    details:
      'Three files: record.json as the station signed it, record.sig, and station.pem with its public key. Of a unit that ' +
      'was registered more than once it is the last record. Whoever has the files needs nothing of MkIoT:\n\n' +
      '  $ openssl dgst -sha256 -verify station.pem -signature record.sig record.json',
    examples: ['mkiot station units export 24:0a:c4:12:34:56 --out pump-1'],
  })
    .argument('<mac>', 'the MAC address of its chip', (mac: string) => mac.toLowerCase())
    .option('--out <folder>', 'where to; made if it is not there', '.')
    .action(async (mac: string, { out }: { readonly out: string }) => {
      await cli.withServer(async ({ api, names }) => {
        const { registry } = names.registry();
        const found = await collect(api.provisioning.listUnits(names.registry(), { mac }));
        const unit = found.toSorted((a, b) => a.registerTime.localeCompare(b.registerTime)).at(-1);
        if (unit === undefined) throw exportError('UNIT_NOT_FOUND', { registry, mac });
        const files = {
          'record.json': base64Decode(unit.record) ?? new Uint8Array(),
          'record.sig': derSignature(base64Decode(unit.signature) ?? new Uint8Array()),
          'station.pem': unit.stationPublicKey,
        };
        try {
          await mkdir(out, { recursive: true });
          for (const [name, contents] of Object.entries(files)) await writeFile(join(out, name), contents);
        } catch (error) {
          throw exportError('UNIT_NOT_WRITTEN', { folder: out, reason: (error as Error).message }, error);
        }
        await cli.output.result(unit, [
          `The record of ${mac}, signed by station ${unit.station} (${unit.stationName}), is in ${out}.`,
        ]);
      });
    });
}
