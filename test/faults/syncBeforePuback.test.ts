import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { wants } from '../support/wants.ts';

const SYSTEM_CALLS = 'trace=write,writev,pwrite64,pwritev,sendto,sendmsg';

test('the event is on disk before its PUBACK enters the socket', wants('strace'), async (context) => {
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
  const segments = await openFiles(platform.pid, '/events/');
  assert.equal(segments.length, 1);
  for (const { flags } of segments) assert.equal(flags & constants.O_DSYNC, constants.O_DSYNC, 'a write is a sync');
  platform.kill('SIGTERM');
  await strace.exit;

  const calls = (await readFile(traceFile, 'utf8')).split('\n');
  for (const payload of payloads) {
    const begun = calls.findIndex((call) => call.includes('/events/') && call.includes(payload));
    const thread = calls[begun]?.split(' ')[0];
    const done = calls.findIndex((call, at) => at >= begun && call.startsWith(`${thread} `) && /= \d+$/.test(call));
    const answered = calls.findIndex((call, at) => at > begun && /(?:write|writev|send\w+)\(\d+<TCP/.test(call));
    assert.ok(begun >= 0 && done >= 0 && answered > 0, `the trace shows ${payload} written, synced and answered`);
    assert.ok(done < answered, `${payload}: on disk at line ${done}, answered at ${answered}`);
  }
});

/** The files that a process has open, by a part of their paths, with the flags that they were opened with (open(2)). */
async function openFiles(pid: number, part: string): Promise<readonly { readonly flags: number }[]> {
  const found: { flags: number }[] = [];
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    // The one that the list was read with is gone.
    const path = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (!path.includes(part)) continue;
    const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8');
    found.push({ flags: Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8) });
  }
  return found;
}
