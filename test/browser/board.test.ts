import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wants } from '../support/wants.ts';
import { type ChipLife, type InterruptedLife, type Life, lives } from './chipInPage.ts';
import { openModulePage } from './modulePage.ts';

const FIRST_BOOT = [
  /^I \(0\) flash_encrypt: Generating new flash encryption key\.\.\.$/,
  /^I \(0\) boot: Resetting with flash encryption enabled\.\.\.$/,
  /^rst:0x3 \(SW_RESET\)/,
  /^I \(0\) flash_encrypt: flash encryption is enabled \(3 plaintext flashes left\)$/,
  /^I \(0\) nvs: NVS partition "nvs" is encrypted\.$/,
  /^I \(0\) mkiot: reference firmware 1\.2\.3, start 1, from factory$/,
  /^-----BEGIN PUBLIC KEY-----$/,
];

/** Runs in the page. */
async function liveInPage(name: string): Promise<unknown> {
  const module = '/test/browser/chipInPage.ts';
  const { lives } = (await import(module)) as { readonly lives: Readonly<Record<string, Life>> };
  return lives[name]?.();
}

test('a virtual chip in a page of Chromium', wants('chromium'), async (t) => {
  // The transport of esptool-js writes everything it does to the console.
  t.mock.method(console, 'log', () => {});
  await using it = await openModulePage();

  await t.test('esptool-js flashes a blank chip, and its first boot prints what it prints in Node', async () => {
    const { told, console: printed } = (await it.page.evaluate(liveInPage, 'flashAndBoot')) as ChipLife;
    assert.equal(told.filter((line) => line === 'Hash of data verified.').length, 3);
    assertInOrder(printed, FIRST_BOOT);
    const inNode = await lives.flashAndBoot();
    assert.deepEqual(printed, inNode.console);
  });

  await t.test('a tool that loses the cable hears it, and flashes the chip when the cable is back', async () => {
    const life = (await it.page.evaluate(liveInPage, 'loseCableWhileFlashing')) as InterruptedLife;
    assert.match(life.error, /Serial data stream stopped/);
    assertInOrder(life.afterwards, [/Factory app partition is not bootable$/, /No bootable app partitions/]);
    assertInOrder(life.mended, FIRST_BOOT);
  });
});

function assertInOrder(lines: readonly string[], patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
    assert.ok(at >= 0, `${pattern} is not in:\n${lines.slice(from).join('\n')}`);
    from = at + 1;
  }
}
