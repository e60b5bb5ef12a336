import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoaderLink, STATUS_BYTES } from './loaderLink.ts';
import { buildResponse } from './packet.ts';
import type { SerialPort } from './serialPort.ts';
import { encodeSlip } from './slip.ts';

const OPCODE = 0x0a;

/** Asks a chip that answers everything with `data`, status and all. */
async function ask(loader: keyof typeof STATUS_BYTES, ...data: readonly number[]) {
  const port: SerialPort = {
    onBytes: undefined,
    closed: new AbortController().signal,
    hasLines: true,
    write: async () =>
      port.onBytes?.(encodeSlip(buildResponse({ opcode: OPCODE, value: 7, data: Uint8Array.from(data) }))),
    setBaud: async () => {},
    setLines: async () => {},
  };
  const link = new LoaderLink(port, new VirtualClock(), STATUS_BYTES[loader]);
  return link.call({ doing: 'to be asked', opcode: OPCODE, data: new Uint8Array() });
}

test('an answer is given without its status, of which ROM and stub have each their own length', async () => {
  assert.deepEqual((await ask('rom', 1, 2, 0, 0, 0, 0)).data, Uint8Array.of(1, 2));
  assert.deepEqual((await ask('stub', 1, 2, 0, 0)).data, Uint8Array.of(1, 2));
});

test('a refusal is one whether its reason stands behind a flag, as of the ROM, or in its place, as of the stub', async () => {
  for (const [loader, data, status] of [
    ['rom', [1, 0x07, 0, 0], '0x7'],
    ['rom', [1, 0x00, 0, 0], '0x1'],
    ['stub', [0xc1, 0], '0xc1'],
    ['stub', [1, 0xc1], '0xc1'],
  ] as const) {
    const message = new RegExp(`status ${status}\\)`);
    await assert.rejects(ask(loader, ...data), { code: 'LOADER_REFUSED', message }, `${loader} ${data.join(' ')}`);
  }
});
