import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseBootLog } from './parseBootLog.ts';

const recording = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`../vectors/bootlogs/${name}.log`, import.meta.url));
const lineOf = (text: string) => parseBootLog(utf8Encode(text)).lines[0];

test('a recording of ESP-IDF 5.1 is read into levels, tags and messages', async () => {
  const { lines } = parseBootLog(await recording('own-v5.1.4-dev-first-boot'));
  assert.equal(lines[0]?.text, 'ets Jul 29 2019 12:21:46');
  assert.deepEqual(
    lines.find(({ message }) => message === 'Not disabling UART bootloader encryption'),
    {
      number: lines.find(({ text }) => text.includes('Not disabling'))?.number,
      text: 'W (1201) flash_encrypt: Not disabling UART bootloader encryption',
      level: 'W',
      tag: 'flash_encrypt',
      message: 'Not disabling UART bootloader encryption',
    },
  );
  assert.ok(lines.every(({ text }) => !text.includes('\u001b')));
});

test('the tags of a recording of ESP-IDF 4.2 are read, and the rest is text', async () => {
  const { lines } = parseBootLog(await recording('enc-dev-second-boot'));
  const tags = new Set(lines.map(({ tag }) => tag));
  assert.ok(tags.has('flash_encrypt') && tags.has('boot.esp32') && tags.has(undefined));
  assert.equal(lines.find(({ level }) => level === 'W')?.message, 'Flash encryption mode is DEVELOPMENT (not secure)');
});

for (const [what, text] of [
  ['with a colour whose ESC was lost', '[0;33mW (188) flash_encrypt: Not disabling JTAG[0m'],
  ['after the time of a terminal program', '2026-11-23 10:00:00.123> W (188) flash_encrypt: Not disabling JTAG'],
  ['with the time of day', 'W (10:00:00.123) flash_encrypt: Not disabling JTAG'],
  ['without a time', 'W flash_encrypt: Not disabling JTAG'],
  ['after noise', '\u0000\ufffd W (188) flash_encrypt: Not disabling JTAG\u0007'],
] as const) {
  test(`an entry ${what} is read`, () => {
    const { level, tag, message } = lineOf(text) ?? {};
    assert.deepEqual({ level, tag, message }, { level: 'W', tag: 'flash_encrypt', message: 'Not disabling JTAG' });
  });
}

test('a line that is cut keeps its text, and lines keep their number whatever their end', () => {
  const { lines } = parseBootLog(utf8Encode('rst:0x1 (POWER\r\r\n\r\nW (18\rI (1) boot: up\n'));
  assert.deepEqual(
    lines.map(({ number, text, tag }) => [number, text, tag]),
    [
      [1, 'rst:0x1 (POWER', undefined],
      [3, 'W (18', undefined],
      [4, 'I (1) boot: up', 'boot'],
    ],
  );
});

test('a log that Windows saved in UTF-16 is read', () => {
  const text = '\ufeffI (1) boot: up\r\n';
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
  const utf16 = new Uint8Array(text.length * 2);
  for (const [index, byte] of bytes.entries()) utf16.set([byte, index === 0 ? 0xfe : 0], 2 * index);
  assert.equal(parseBootLog(utf16).lines[0]?.message, 'up');
});

test('any bytes are read, and no line holds a control character', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const { text } of parseBootLog(bytes).lines) {
        assert.ok(Array.from(text).every((character) => character >= ' ' || character === '\t'));
      }
    }),
  );
});
