import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHerd } from './herdRun.ts';

const onLinux = {
  skip: process.platform === 'linux' ? false : 'the memory of the platform is read from /proc, which is of Linux',
};

for (const mqttVersion of ['5', '3.1.1'] as const) {
  const named = `a herd that speaks MQTT ${mqttVersion} is back after a stop and after a crash, and no login is refused`;
  test(named, onLinux, async (t) => {
    const devices = 150;
    const signals = ['SIGTERM', 'SIGKILL'] as const;
    const restarts = await runHerd({ devices, signals, mqttVersion, report: (line) => t.diagnostic(line) });
    assert.deepEqual(
      restarts.map(({ signal }) => signal),
      signals,
    );
    for (const { refused, sessions, mebibytes } of restarts) {
      assert.equal(refused, 0);
      assert.equal(sessions, devices);
      assert.ok(mebibytes.peak <= 2 * mebibytes.before, JSON.stringify(mebibytes));
    }
    const told = restarts.map(({ failures }) => failures['SERVER_DISCONNECTED'] ?? 0);
    assert.deepEqual(told, mqttVersion === '5' ? [devices, 0] : [0, 0], 'who was told that the platform stops');
  });
}
