import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busySecondsOfCore, cpuSecondsOf, residentBytesOf } from './serverProcess.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'it reads /proc, which is of Linux' };
/** Ticks of 10 ms, and what passes between two readings. */
const TOLERANCE_SECONDS = 0.1;

test('the CPU time of a process is what it knows of itself', onLinux, () => {
  const { user, system } = process.cpuUsage();
  assert.ok(Math.abs(cpuSecondsOf(process.pid) - (user + system) / 1_000_000) < TOLERANCE_SECONDS);
});

test('the memory of a process is about what it knows of itself', onLinux, () => {
  const ratio = residentBytesOf(process.pid) / process.memoryUsage.rss();
  assert.ok(ratio > 0.8 && ratio < 1.25, String(ratio));
});

test('a core has been busy for some time, and only longer later', onLinux, () => {
  const before = busySecondsOfCore(0);
  assert.ok(before > 0);
  assert.ok(busySecondsOfCore(0) >= before);
});
