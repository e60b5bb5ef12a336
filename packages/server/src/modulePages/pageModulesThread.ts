// What a thread of its own runs: half a second of work that devices shall not feel.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type PageModules, readPageModules, readPageScript } from './pageModules.ts';

/** By their names. */
export interface PageScripts {
  readonly main: string;
  readonly serviceWorker: string;
}

export interface ReadPageScripts {
  readonly modules: PageModules;
  readonly serviceWorker: string;
}

const port = parentPort as MessagePort;
const { main, serviceWorker } = workerData as PageScripts;
const read: ReadPageScripts = {
  modules: await readPageModules(main),
  serviceWorker: await readPageScript(serviceWorker),
};
port.postMessage(read);
