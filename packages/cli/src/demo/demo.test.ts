import assert from 'node:assert/strict';
import { access, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli, type TestResult } from '../cli.testing.ts';

interface Step {
  readonly step: number;
  readonly title: string;
  readonly done: boolean;
  readonly evidence: readonly string[];
}

function stepsOf({ stdout }: TestResult): readonly Step[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);
}

test('the demo shows every step with evidence, ends with exit code 0 and leaves nothing behind', async () => {
  const result = await runCli(['demo', '--once', '--json']);
  assert.equal(result.exitCode, 0, result.stderr);
  const steps = stepsOf(result);
  assert.deepEqual(
    steps.map(({ step }) => step),
    Array.from({ length: 17 }, (_, index) => index + 1),
  );
  for (const { title, done, evidence } of steps) assert.ok(done && evidence.length > 0, title);
  const folder = /data folder (\S+),/.exec(steps[0]?.evidence[0] ?? '')?.[1] ?? '';
  await assert.rejects(access(folder));
});

test('afterwards it stays up for other commands until it is interrupted, and a kept folder can be shown again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-demo-test-'));
  const data = join(folder.path, 'data');
  for (const _time of ['first', 'second']) {
    const end = new AbortController();
    const isUp = Promise.withResolvers<void>();
    const demo = runCli(['demo', '--data', data], {
      signal: end.signal,
      onOutput: (stdout) => void (stdout.includes('Ctrl-C ends it.') && isUp.resolve()),
    });
    await Promise.race([isUp.promise, demo]);
    const devices = await runCli(['device', 'list', '--data', data]);
    end.abort();
    const { exitCode, stdout, stderr } = await demo;
    assert.equal(exitCode, 0, stderr);
    assert.match(devices.stdout, /^board-3 +\d+ +yes/m);
    assert.ok(!stdout.includes('\u001b'), 'no colours where there is no terminal');
  }
  await access(join(data, 'demo.log'));
});

test('a step that fails is named with the reason, and the exit code is 1', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-demo-test-'));
  await writeFile(join(folder.path, 'somebody-elses'), '');
  const { exitCode, stdout, stderr } = await runCli(['demo', '--once', '--data', folder.path]);
  assert.equal(exitCode, 1);
  assert.match(stdout, /^✗ {2}1 {2}The platform starts/m);
  assert.match(stderr, /Step 1, "The platform starts", failed: .*somebody-elses.*\[DEMO_STEP_FAILED\]/);
});

test('an interrupted demo ends at once and tidies up', async () => {
  const end = new AbortController();
  const { exitCode, stderr } = await runCli(['demo'], {
    signal: end.signal,
    onOutput: (stdout) => void (stdout.includes('boards make their keys') && end.abort()),
  });
  assert.deepEqual([exitCode, /\[INTERRUPTED\]/.test(stderr)], [1, true]);
});
