import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { wants } from '../support/wants.ts';

const SYSTEM_CALLS = 'trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fdatasync,fsync';

test('the event is synced to disk before its PUBACK enters the socket', wants('strace'), async (context) => {
  await using folder = await temporaryFolder();
  const dataFolder = join(folder.path, 'data');
  const traceFile = join(folder.path, 'trace');
  await using platform = mkiotUp(dataFolder);
  const { address, setupCode } = await isUp(platform, dataFolder);
  const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
  const device = await owner.createDevice('pump-1');
  await using client = new MqttJs(device.login());
  assert.equal(await client.returnCode, 0);

  const traced = ['-f', '-yy', '-s', '512', '-e', SYSTEM_CALLS, '-o', traceFile, '-p', String(platform.pid)];
  await using strace = new Program('strace', traced);
  const { match } = await strace.line(/ attached|not permitted/);
  if (match[0] === 'not permitted') {
    context.skip('this machine forbids tracing another process');
    return;
  }
  const payloads = Array.from({ length: 10 }, (_, index) => `reading-${index}-of-ten`);
  for (const payload of payloads) await client.publish(device.topic('events'), payload, 1);
  platform.kill('SIGTERM');
  await strace.exit;

  const calls = (await readFile(traceFile, 'utf8')).split('\n');
  for (const payload of payloads) {
    const written = calls.findIndex((call) => call.includes('/events/') && call.includes(payload));
    const after = calls.slice(written);
    const synced = after.findIndex((call) => /f(?:data)?sync(?:\(| resumed>).*= 0$/.test(call));
    const answered = after.findIndex((call) => /(?:write|writev|send\w+)\(\d+<TCP/.test(call));
    assert.ok(written >= 0 && synced > 0 && answered > 0, `the trace shows ${payload} written, synced and answered`);
    assert.ok(synced < answered, `${payload}: synced ${synced} calls after the write, answered after ${answered}`);
  }
});
