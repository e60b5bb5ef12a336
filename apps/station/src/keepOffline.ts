/**
 * Keeps the page in the browser, for when the server is away.
 *
 * @returns whether it is kept; a browser keeps nothing of a server whose certificate it does not trust
 */
export async function keepOffline(): Promise<boolean> {
  try {
    await navigator.serviceWorker.register('/station/serviceWorker.js', { scope: '/station' });
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}
