import { gapsTo } from '@mkiot/esp32/plan/goal';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import { startPlatform } from '@mkiot/server/app';
import { loadSettings } from '@mkiot/server/settings/loadSettings';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import { launchChromium } from './chromium.ts';
import { keptByPage } from './pageStorage.ts';
import {
  answerPlan,
  blankChip,
  buildFolder,
  chooseBuild,
  chooseProfile,
  enrol,
  MAC,
  openStationPage,
  problemCode,
  startUnit,
  stationUrl,
} from './stationPage.ts';

const DEVICE = 'unit-a0b1c2d3e4f5';

function deviceName({ address }: PlatformUser) {
  return { project: address.project, location: 'local', registry: 'default', device: DEVICE };
}

test('units at the page of the station, in Chromium at a running platform', wants('chromium'), async (t) => {
  await using platform: TestPlatform = await startTestPlatform();
  await using folder = await temporaryFolder();
  await using browser = await launchChromium();
  const token = await platform.createToken('provisioner');
  const url = stationUrl(platform);

  await t.test('a blank chip becomes a registered device that is locked, and its keys are forgotten', async () => {
    const chip = blankChip('esp32s3');
    await using it = await openStationPage(browser, url, chip);
    const { page } = it;
    await enrol(page, token);
    await chooseBuild(page, await buildFolder(folder.path, 'esp32s3', 'production'));
    await chooseProfile(page, 'Production');
    await startUnit(page);
    await page.getByRole('heading', { name: `Burn ESP32-S3, ${MAC}?` }).waitFor();
    assert.match(await keptByPage(page), /"unitKeys",\[\]/);
    await answerPlan(page, MAC.toUpperCase());
    await page.getByRole('heading', { name: 'Done in' }).waitFor();
    assert.deepEqual(gapsTo(PROFILES.production, chip.efuses.trueBits()), []);
    const device = await platform.devices.get(deviceName(platform));
    assert.equal(device.credentials?.length, 1);
    const kept = await keptByPage(page);
    assert.match(kept, /"unitKeys",\[\]/);
    assert.ok(kept.includes('"records",[]'), 'nothing waits');
    assert.ok(!kept.includes(token), 'the token is nowhere');
    const grades = await page.locator('.grade').allInnerTexts();
    assert.equal(grades.length, 2);
    assert.ok((grades[1] ?? '') < (grades[0] ?? ''), `${grades[0]} became ${grades[1]}`);
    await page.getByRole('img', { name: `/devices/${DEVICE} MAC ${MAC}` }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download its record' }).click();
    const record = JSON.parse(await readFile(await (await downloading).path(), 'utf8')) as { readonly mac: string };
    assert.equal(record.mac, MAC);
    assert.equal(await page.getByRole('button', { name: 'Download its flash key' }).count(), 0);
    assert.match(await page.locator('#result').innerText(), /registered[^]*keys were deleted from this browser/);
    assert.deepEqual(it.failures, []);
  });

  await t.test('another MAC address than that of the chip burns nothing', async () => {
    const chip = blankChip('esp32s3');
    const before = chip.efuses.trueBits();
    await using it = await openStationPage(browser, url, chip);
    const { page } = it;
    await chooseBuild(page, await buildFolder(folder.path, 'esp32s3', 'development'));
    await chooseProfile(page, 'Development');
    for (const answer of ['a0:b1:c2:d3:e4:f6', 'yes', '']) {
      await startUnit(page);
      await answerPlan(page, answer);
      assert.equal(await problemCode(page), 'UNIT_BURN_NOT_CONFIRMED');
    }
    await startUnit(page);
    await page.getByRole('button', { name: 'Burn nothing' }).click();
    assert.equal(await problemCode(page), 'UNIT_BURN_NOT_CONFIRMED');
    assert.deepEqual(chip.efuses.trueBits(), before);
    assert.match(await keptByPage(page), /"unitKeys",\[\]/);
  });

  await t.test('a unit whose cable is pulled while it is burned and written goes on where it was', async () => {
    let pulls = 1;
    const chip = blankChip('esp32s3', {
      flashChanged: () => {
        if (pulls-- > 0) it.cable.unplug();
      },
    });
    await using it = await openStationPage(browser, url, chip);
    const { page } = it;
    await chooseBuild(page, await buildFolder(folder.path, 'esp32s3', 'development'));
    await chooseProfile(page, 'Development');
    await startUnit(page);
    await answerPlan(page, MAC);
    assert.equal(await problemCode(page), 'LOADER_PORT_CLOSED');
    await page.getByRole('heading', { name: 'Units that were begun' }).waitFor();
    assert.equal(await page.locator('#unfinished code').innerText(), MAC);
    await page.reload();
    await chooseBuild(page, await buildFolder(folder.path, 'esp32s3', 'development'));
    await chooseProfile(page, 'Development');
    await startUnit(page);
    await answerPlan(page, MAC);
    await page.getByRole('heading', { name: 'Done in' }).waitFor();
    assert.deepEqual(gapsTo(PROFILES.development, chip.efuses.trueBits()), []);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download its flash key' }).click();
    assert.equal((await readFile(await (await downloading).path())).length, 32);
    assert.match(await keptByPage(page), /"unitKeys",\[\]/);
    await page.getByRole('heading', { name: 'Units that were begun' }).waitFor({ state: 'hidden' });
  });

  await t.test('a unit that the server refuses is told so, and its record says why', async () => {
    await using it = await openStationPage(browser, url, blankChip('esp32c3'));
    const { page } = it;
    await enrol(page, token);
    await platform.revokeStations();
    await chooseBuild(page, await buildFolder(folder.path, 'esp32c3'));
    await startUnit(page);
    assert.equal(await problemCode(page), 'UNIT_REGISTRATION_REFUSED');
    assert.match(await page.locator('#queue').innerText(), /unit-a0b1c2d3e4f5[^]*STATION_REVOKED/);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.locator('#queue li').waitFor({ state: 'detached' });
  });
});

test(
  'without the server units are provisioned, and their records are sent when it is back',
  wants('chromium'),
  async () => {
    await using folder = await temporaryFolder();
    await using browser = await launchChromium();
    const settings = { dataFolder: folder.path, 'mqtt.port': '0', 'https.port': '0', 'log.level': 'silent' };
    const first = await startPlatform(await loadSettings({ flags: { ...settings, 'loopback.port': '0' } }));
    const { ports, project, paths, setupCode = '' } = first;
    const loopbackPort = ports.loopback as number;
    const address = { project, mqttPort: ports.mqtt, httpsPort: ports.https, loopbackPort };
    const place = { ...address, dataFolder: folder.path, caFile: paths.authorityCertificate };
    const user = new PlatformUser(place, await takeOwnership(place, setupCode));

    await using it = await openStationPage(browser, stationUrl(user), blankChip('esp32'));
    const { page } = it;
    await enrol(page, user.adminToken);
    await page.getByText('Works without the server too').waitFor();
    await first.close();

    await page.reload();
    await chooseBuild(page, await buildFolder(folder.path, 'esp32'));
    await startUnit(page);
    await page.getByText('its record waits for the server').waitFor();
    await page.reload();
    await page.getByText('1 waiting for the server').waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download units.jsonl' }).click();
    const text = await readFile(await (await downloading).path(), 'utf8');
    assert.deepEqual(Object.keys(JSON.parse(text) as object).toSorted(), ['record', 'signature']);

    await using second = new AsyncDisposableStack();
    second.adopt(
      await startPlatform(await loadSettings({ flags: { ...settings, 'loopback.port': String(loopbackPort) } })),
      (platform) => platform.close(),
    );
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.getByText('No record waits').waitFor();
    assert.equal((await user.devices.get(deviceName(user))).id, DEVICE);
    assert.deepEqual(it.failures, []);
  },
);
