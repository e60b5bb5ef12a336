import { factoryEfuses } from '@mkiot/board/chip/efuse/factoryEfuses';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { CHIP_MODELS, type VirtualChipName } from '@mkiot/board/chip/models/chipModels';
import { type ChipEvents, VirtualChip } from '@mkiot/board/chip/virtualChip';
import { SkewedClock } from '@mkiot/core/clock/skewedClock';
import { systemClock } from '@mkiot/core/clock/systemClock';
import type { ProfileName } from '@mkiot/esp32/plan/profile';
import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { writeReferenceBuild } from '../../packages/cli/src/commands/board/build.ts';
import { nodeAes } from '../../packages/cli/src/runtime/nodeAes.ts';
import { FIRMWARES } from '../station/stationJob.ts';
import type { PlatformUser } from '../support/platformUser.ts';
import { SocketSerial } from './socketSerial.ts';

/** A chip is not what is waited for: its second takes so much of ours. */
const FASTER = 10;

/** A unit takes a minute where the machine has much else to do. */
const PATIENCE_MS = 120_000;

export const MAC = 'a0:b1:c2:d3:e4:f5';

/** A blank chip with power. */
export function blankChip(name: VirtualChipName, events: ChipEvents = {}): VirtualChip {
  const model = CHIP_MODELS[name];
  const mac = Uint8Array.from(MAC.split(':'), (pair) => Number.parseInt(pair, 16));
  const chip = new VirtualChip({
    model,
    flashCells: erasedFlash(0x400000),
    efuses: factoryEfuses(model, mac),
    clock: new SkewedClock(systemClock, { factor: FASTER }),
    random: randomFillSync,
    aes: nodeAes,
    firmwares: FIRMWARES,
    events,
  });
  chip.powerOn();
  return chip;
}

/** The build folder of the reference device for a profile, and a key that signs it. */
export async function buildFolder(folder: string, name: VirtualChipName, profile?: ProfileName): Promise<Build> {
  const build = join(folder, 'build');
  await writeReferenceBuild(build, name, profile, '1.2.3');
  const signingKey = join(folder, 'signing.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  await writeFile(signingKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { build, signingKey };
}

export interface Build {
  readonly build: string;
  /** A PEM file. */
  readonly signingKey: string;
}

/** The station's page in the system's Chromium, at a platform, with a chip at its serial port. */
export interface StationPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly cable: SocketSerial;
  /** What the page threw, and what its content security policy did not let through. */
  readonly failures: readonly string[];
}

export async function openStationPage(
  browser: Browser,
  url: string,
  chip: VirtualChip,
  options: BrowserContextOptions = {},
): Promise<StationPage> {
  await using opened = new AsyncDisposableStack();
  opened.defer(() => chip.powerOff());
  const context = opened.adopt(await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options }), (it) =>
    it.close(),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) failures.push(message.text());
  });
  const cable = await SocketSerial.offer(page, chip);
  await page.goto(url);
  const all = opened.move();
  return { page, context, cable, failures, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Where the page is on this machine. */
export function stationUrl({ address }: PlatformUser): string {
  return `http://127.0.0.1:${address.loopbackPort}/station`;
}

/** The code under the sentence that says what went wrong. */
export function problemCode(page: Page): Promise<string> {
  return page.locator('#problem code').innerText();
}

/** Makes the browser a station, as a person with a token does. */
export async function enrol(page: Page, token: string, maxDevices = 5): Promise<void> {
  await page.getByLabel('API token').fill(token);
  await page.getByLabel('Name of the station').fill('bench 1');
  await page.getByLabel('At most so many units').fill(String(maxDevices));
  await page.getByLabel('Units reach the platform at').fill('iot.example');
  await page.getByRole('button', { name: 'Enrol this browser' }).click();
  await page.getByRole('button', { name: 'Forget this station' }).waitFor();
}

export async function chooseBuild(page: Page, { build, signingKey }: Build): Promise<void> {
  await page.getByLabel('Choose the folder').setInputFiles(build);
  await page.getByLabel('Signing key').setInputFiles(signingKey);
  await page.getByRole('cell', { name: '0x10000' }).waitFor();
}

export async function startUnit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Provision the unit at the port' }).click();
}

/** @param name as the choice begins: "Production" */
export async function chooseProfile(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check();
}

/** Types what a person types under the plan. */
export async function answerPlan(page: Page, mac: string): Promise<void> {
  await page.getByLabel('type the MAC address').fill(mac);
  await page.getByRole('button', { name: 'Burn', exact: true }).click();
}
