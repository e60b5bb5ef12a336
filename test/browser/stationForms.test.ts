import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import { launchChromium } from './chromium.ts';
import { keptByPage, triesToExportStationKey } from './pageStorage.ts';
import {
  blankChip,
  buildFolder,
  chooseBuild,
  enrol,
  openStationPage,
  problemCode,
  startUnit,
  stationUrl,
} from './stationPage.ts';

test('what the page of the station is told, in Chromium at a running platform', wants('chromium'), async (t) => {
  await using platform = await startTestPlatform();
  await using folder = await temporaryFolder();
  await using browser = await launchChromium();
  const token = await platform.createToken('provisioner');
  const url = stationUrl(platform);

  await t.test('the key of the station cannot leave the browser', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    await enrol(it.page, token);
    assert.deepEqual(await triesToExportStationKey(it.page), ['refused', 'refused']);
  });

  await t.test('what is missing or unfit is told before a port is asked for', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    const { page } = it;
    await startUnit(page);
    assert.equal(await problemCode(page), 'STATION_FIRMWARE_MISSING');
    await page.getByLabel('Choose files').setInputFiles({ name: 'a.txt', mimeType: '', buffer: Buffer.of(1) });
    assert.equal(await page.locator('#firmware-problem code').innerText(), 'FIRMWARE_NOT_FOUND');
    const args = { name: 'flasher_args.json', mimeType: '', buffer: Buffer.from('{"flash_files":{"0x0":"b.bin"}}') };
    await page.getByLabel('Choose files').setInputFiles([args]);
    assert.equal(await page.locator('#firmware-problem code').innerText(), 'STATION_FILE_MISSING');
    await enrol(page, token);
    await chooseBuild(page, await buildFolder(folder.path, 'esp32'));
    for (const [id, code] of [
      ['pump', 'STATION_DEVICE_ID_COMMON'],
      ['1-{mac}', 'STATION_DEVICE_ID_UNFIT'],
      ['a b {mac}', 'STATION_DEVICE_ID_UNFIT'],
    ] as const) {
      await page.getByLabel('Device id').fill(id);
      await startUnit(page);
      assert.equal(await problemCode(page), code);
    }
  });

  await t.test('a port that another program has is told, and another one is asked for', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    const { page } = it;
    await page.evaluate(() => {
      const serial = (navigator as unknown as { serial: { requestPort: () => Promise<unknown> } }).serial;
      const { requestPort } = serial;
      serial.requestPort = async () => {
        serial.requestPort = requestPort;
        const taken = async (): Promise<never> => {
          throw new DOMException('Failed to open serial port.', 'NetworkError');
        };
        return { readable: null, writable: null, open: taken };
      };
    });
    await chooseBuild(page, await buildFolder(folder.path, 'esp32'));
    await startUnit(page);
    assert.equal(await problemCode(page), 'STATION_PORT_TAKEN');
    await startUnit(page);
    await page.getByRole('heading', { name: 'Done in' }).waitFor();
  });

  await t.test('a project that is dropped has its build found in it', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    const { page, context } = it;
    await buildFolder(folder.path, 'esp32c3');
    const { x, y } = (await page.locator('#drop').boundingBox()) ?? assert.fail('there is a place to drop');
    const cdp = await context.newCDPSession(page);
    const data = { items: [], files: [folder.path], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await cdp.send('Input.dispatchDragEvent', { type, x: x + 5, y: y + 5, data });
    }
    await page.getByText('For esp32c3.').waitFor();
    assert.deepEqual(await page.locator('#firmware-parts code').allInnerTexts(), ['0x0', '0x8000', '0x10000']);
  });

  await t.test('a token that may not enrol stations is told so, and nothing is kept', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    const { page } = it;
    await page.getByLabel('API token').fill(await platform.createToken('viewer'));
    await page.getByLabel('Name of the station').fill('bench 1');
    await page.getByRole('button', { name: 'Enrol this browser' }).click();
    assert.equal(await page.locator('#enrol-problem code').innerText(), 'PERMISSION_MISSING');
    assert.equal(await page.getByLabel('API token').inputValue(), '');
    assert.match(await keptByPage(page), /"station",\[\]/);
  });

  await t.test('over HTTPS it is the same page', async () => {
    const https = `https://127.0.0.1:${platform.address.httpsPort}/station`;
    await using it = await openStationPage(browser, https, blankChip('esp32'), { ignoreHTTPSErrors: true });
    await it.page.getByRole('button', { name: 'Provision the unit at the port' }).click();
    assert.equal(await problemCode(it.page), 'STATION_FIRMWARE_MISSING');
    assert.deepEqual(it.failures, []);
  });

  await t.test('a browser without serial ports is told which one has them', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32'));
    const { page } = it;
    await page.addInitScript(() => Object.defineProperty(navigator, 'serial', { value: undefined }));
    await page.reload();
    await page.getByText('This browser has no serial ports for pages').waitFor();
    assert.ok(await page.locator('#provision').isDisabled());
  });
});
