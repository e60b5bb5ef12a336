// Writes the flasher stubs of packages/esp32 from those that esptool-js brings, which are Espressif's releases of
// esp-flasher-stub. Plugins for kinds of flash that the station does not write are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LINE_CHARACTERS = 100;

for (const chip of ['esp32', 'esp32s3', 'esp32c3']) {
  writeFileSync(pathOf(`packages/esp32/src/serial/flasherStub/${chip}Stub.ts`), moduleOf(chip));
}

function moduleOf(chip: string): string {
  const { entry, text, text_start, data, data_start } = JSON.parse(
    readFileSync(pathOf(`node_modules/esptool-js/lib/targets/stub_flasher/${chip}.json`), 'utf8'),
  ) as Readonly<Record<'entry' | 'text_start' | 'data_start', number> & Record<'text' | 'data', string>>;
  return `// Written by tools/flasher-stubs.ts; not to be edited.
// SPDX-FileCopyrightText: 2025-2026 Espressif Systems (Shanghai) CO LTD
// SPDX-License-Identifier: Apache-2.0 OR MIT
import type { StubRelease } from './stubImage.ts';

export const ${chip.toUpperCase()}_STUB: StubRelease = {
  entry: ${hexOf(entry)},
  textStart: ${hexOf(text_start)},
  text: [
${linesOf(text)}
  ],
  dataStart: ${hexOf(data_start)},
  data: [
${linesOf(data)}
  ],
};
`;
}

function hexOf(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}

function linesOf(base64: string): string {
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return lines.map((line) => `    '${line}',`).join('\n');
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}
