import { parentPort, workerData } from 'node:worker_threads';
import { type CutPlan, cutEverywhere } from './cutEverywhere.ts';

// A thread of its own: there nobody watches each promise, as the test runner does, and there are as many as processors.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(await cutEverywhere(workerData as CutPlan));
