/** Audits a file in a worker, and counts how often the page itself had its turn meanwhile. */
export async function auditInWorker(address) {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const worker = new Worker('/test/browser/auditWorker.mjs', { type: 'module' });
  const startedMs = performance.now();
  let turns = 0;
  const ticking = setInterval(() => turns++, 50);
  const report = await new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.postMessage([{ name: 'flash.bin', bytes }], { transfer: [bytes.buffer] });
  });
  clearInterval(ticking);
  worker.terminate();
  return { report, elapsedMs: performance.now() - startedMs, turns };
}
