import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withSerialPorts } from './provision.testing.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const onLinux = process.platform === 'linux' ? withSerialPorts : { skip: 'it is about udev' };

/** What udev knows of a machine with two boards, a modem and a port of its own, as `udevadm info -e` prints it. */
const UDEV = `P: /devices/pci0000:00/usb1/1-2/1-2:1.0/ttyUSB0/tty/ttyUSB0
N: ttyUSB0
E: DEVNAME=/dev/ttyUSB0
E: ID_VENDOR_ENC=Silicon\\x20Labs
E: ID_SERIAL_SHORT=0001
E: ID_VENDOR_ID=10c4
E: ID_MODEL_ID=ea60

P: /devices/pci0000:00/usb1/1-1/1-1:1.0/tty/ttyACM1
N: ttyACM1
E: DEVNAME=/dev/ttyACM1
E: ID_VENDOR_ENC=Espressif
E: ID_VENDOR_ID=303a
E: ID_MODEL_ID=1001

P: /devices/pci0000:00/usb1/1-3/1-3:1.0/tty/ttyACM0
N: ttyACM0
E: DEVNAME=/dev/ttyACM0
E: ID_VENDOR_ENC=Quectel
E: ID_VENDOR_ID=2c7c
E: ID_MODEL_ID=0125

P: /devices/platform/serial8250/tty/ttyS0
N: ttyS0
E: DEVNAME=/dev/ttyS0
`;

/** Runs the command with an udevadm that does `script`; undefined: there is none. */
async function listPorts(script: string | undefined, ...words: readonly string[]) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-udev-'));
  if (script !== undefined) await writeFile(join(folder.path, 'udevadm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const PATH = script === undefined ? folder.path : `${folder.path}:${process.env['PATH']}`;
  const env = { ...process.env, PATH };
  const run = promisify(execFile)(process.execPath, [MAIN, 'provision', 'ports', ...words], { env });
  return await run.catch((failed: { readonly stdout: string; readonly stderr: string }) => failed);
}

test(
  'ports are listed with what they are, those of boards first, and those on no USB when asked',
  onLinux,
  async () => {
    const { stdout } = await listPorts(`cat <<'END'\n${UDEV}\nEND`);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
      [
        ['PORT', 'USB', 'BRIDGE', 'MAKER', 'SERIAL'],
        ['/dev/ttyACM1', '303a:1001', 'USB-Serial-JTAG of an ESP32', 'Espressif', '-'],
        ['/dev/ttyUSB0', '10c4:ea60', 'CP210x', 'Silicon Labs', '0001'],
        ['/dev/ttyACM0', '2c7c:0125', '-', 'Quectel', '-'],
      ],
    );
    const all = await listPorts(`cat <<'END'\n${UDEV}\nEND`, '--all', '--json');
    const paths = (JSON.parse(all.stdout) as { path: string }[]).map(({ path }) => path);
    assert.deepEqual(paths, ['/dev/ttyACM1', '/dev/ttyUSB0', '/dev/ttyACM0', '/dev/ttyS0']);
  },
);

test('a computer without ports, and one that does not list them, say so', onLinux, async () => {
  assert.match((await listPorts('true')).stdout, /^No USB device here is a serial port\./);
  assert.match((await listPorts(undefined)).stderr, /\[PORTS_NOT_LISTED\]/);
});
