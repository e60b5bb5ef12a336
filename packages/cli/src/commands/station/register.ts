import type { RegisteredUnit } from '@mkiot/core/api/clientProvisioning';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile } from '../../namedFile.ts';
import { parseQueueLine } from './queueLines.ts';

const registerError = errorTable({
  UNIT_QUEUE_DAMAGED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'Line {line} of {path} is no signed unit record. Nothing was sent; take the line out and look at it.',
  },
  UNITS_REFUSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: '{refused} of {units} units were refused; the list says why. The others are registered.',
  },
});

export function addStationRegister(stations: Command, cli: Cli): void {
  addCommand(stations, 'register', {
    summary: 'Send the records that a station has signed while the server was away',
    details:
      'The file has a record a line. It can be sent again: what is registered stays as it is. No login is needed: the ' +
      'records themselves say who has signed them. Exit code 1 when one was refused.',
    examples: [
      'mkiot station register units.jsonl',
      'mkiot station register units.jsonl --server https://iot.example:8443',
    ],
  })
    .argument('<file>', 'the queue of the station')
    .action(async (path: string) => {
      const records = parseQueue(utf8Decode(await readNamedFile(path)), path);
      const units = await cli.withPublicServer(({ api }) => collect(api.provisioning.register(records)));
      const rows = units.map((unit, at) => ({ ...unit, line: at + 1 }));
      await cli.output.list(rows, COLUMNS, 'The file is empty: there is nothing to register.');
      const refused = units.filter(({ outcome }) => outcome === 'REFUSED').length;
      if (refused > 0) throw registerError('UNITS_REFUSED', { refused, units: units.length });
    });
}

type Row = RegisteredUnit & { readonly line: number };

const COLUMNS = {
  line: ({ line }: Row) => String(line),
  outcome: ({ outcome }: Row) => outcome.toLowerCase().replace('_', ' '),
  'numeric id': ({ deviceNumId }: Row) => deviceNumId ?? '-',
  reason: ({ code }: Row) => code ?? '-',
};

function parseQueue(text: string, path: string): readonly SignedUnitRecord[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    const signed = parseQueueLine(line);
    if (signed === undefined) throw registerError('UNIT_QUEUE_DAMAGED', { line: at + 1, path });
    return signed;
  });
}
