import { usbBridge, type UsbIds } from '@mkiot/esp32/serial/usbBridges';
import type { PortInfo } from '@serialport/bindings-cpp';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { portError } from './port/portErrors.ts';
import { loadSerialBindings } from './port/serialBindings.ts';

/** A serial port of this computer. */
interface ListedPort {
  readonly path: string;
  readonly maker: string | undefined;
  readonly serialNumber: string | undefined;
  /** `10c4:ea60` */
  readonly usb: string | undefined;
  /** What sits on boards with an ESP32; undefined: something else, or not known. */
  readonly bridge: string | undefined;
}

export function addPorts(provision: Command, cli: Cli): void {
  addCommand(provision, 'ports', {
    summary: 'List the serial ports of this computer',
    details: 'Those that have what boards with an ESP32 have between USB and their serial port come first.',
    examples: ['mkiot provision ports', 'mkiot provision ports --all'],
  })
    .option('--all', 'those too that are on no USB')
    .action(async ({ all = false }: { readonly all?: boolean }) => {
      const bindings = await loadSerialBindings();
      const found = await bindings.list().catch((error: unknown) => {
        throw portError('PORTS_NOT_LISTED', { detail: (error as Error).message }, error);
      });
      const ports = found.map(listedPort).filter(({ usb }) => all || usb !== undefined);
      const ordered = ports.toSorted((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
      await cli.output.list(ordered, COLUMNS, 'No USB device here is a serial port. --all lists other ports too.');
    });
}

const COLUMNS = {
  port: ({ path }: ListedPort) => path,
  usb: ({ usb }: ListedPort) => usb ?? '-',
  bridge: ({ bridge }: ListedPort) => bridge ?? '-',
  maker: ({ maker }: ListedPort) => maker ?? '-',
  serial: ({ serialNumber }: ListedPort) => serialNumber ?? '-',
};

function rank({ usb, bridge }: ListedPort): number {
  return bridge !== undefined ? 0 : usb !== undefined ? 1 : 2;
}

function listedPort({ path, manufacturer: maker, serialNumber, vendorId, productId }: PortInfo): ListedPort {
  const ids = usbIds(vendorId, productId);
  const usb = ids && [ids.vendorId, ids.productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
  return { path, maker, serialNumber, usb, bridge: ids && usbBridge(ids) };
}

/** Systems write them in hexadecimal, in either case. */
function usbIds(vendor: string | undefined, product: string | undefined): UsbIds | undefined {
  const [vendorId, productId] = [Number.parseInt(vendor ?? '', 16), Number.parseInt(product ?? '', 16)];
  return Number.isNaN(vendorId) || Number.isNaN(productId) ? undefined : { vendorId, productId };
}
