import { errorTable } from '@mkiot/core/errors/mkiotError';

const caller = (message: string) => ({ status: 'FAILED_PRECONDITION', blame: 'caller', message }) as const;

export const portError = errorTable({
  PORT_UNREACHABLE: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message: 'The serial port {port} cannot be opened: {detail}. Check its name, and that it is a serial port.',
  },
  PORT_NOT_SERVED: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message:
      'Nobody serves a serial port at {port}: {detail}. Start what serves it, such as "mkiot board run --chip esp32 --serial ' +
      'rfc2217:4000" or the server of esptool, and name its host and port.',
  },
  PORT_NOT_FOUND: caller(
    'There is no serial port {port}. "mkiot provision ports" lists those that there are. A board that is not listed has a ' +
      'cable without data lines, or lacks the driver of its USB bridge.',
  ),
  PORT_NOT_PERMITTED: caller(
    'You may not open the serial port {port}. On Linux it belongs to a group, mostly dialout (on Arch uucp): run ' +
      '"sudo usermod -aG dialout $USER", then log out and in again.',
  ),
  PORT_BUSY: caller(
    'Another program has the serial port {port}: another station, a serial monitor or an IDE. End it, then run this again.',
  ),
  PORT_BAUD_REFUSED: caller('The serial port {port} does not take {baud} baud: {detail}. Choose another with --baud.'),
  PORTS_NOT_LISTED: caller(
    'The serial ports of this computer cannot be listed: {detail}. On Linux that needs udevadm; look into /dev/serial/by-id.',
  ),
  SERIAL_PORTS_MISSING: caller(
    'This computer has no program part for its own serial ports: {detail}. Install mkiot again with its optional ' +
      'dependencies, or reach the port over a server that speaks RFC 2217, with --port rfc2217:HOST:PORT.',
  ),
});
