/** Whether flash holds nothing there: a cell that was erased reads as ones. */
export function isErased(bytes: Uint8Array): boolean {
  // Not `every`: whole flashes are looked at.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0xff) return false;
  return true;
}
