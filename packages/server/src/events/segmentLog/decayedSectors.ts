import type { OpenFile } from '../../runtime/fileSystem.ts';

/** What a disk that cannot read a sector leaves out at least. */
const PAGE_BYTES = 4_096;

/**
 * The file, where a decayed sector (`EIO`) reads as zeros and all around it as it is. Where no page of what was asked for
 * can be read the disk is gone rather than decayed: that stays an error, or all its events would pass for lost.
 */
export function readingAround(file: OpenFile): OpenFile {
  return {
    size: () => file.size(),
    async read(target, position) {
      try {
        return await file.read(target, position);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
        if (!(await readPages(file, target, position))) throw error;
        return target.length;
      }
    },
    write: (bytes, position) => file.write(bytes, position),
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Whether any page could be read. */
async function readPages(file: OpenFile, target: Uint8Array, position: number): Promise<boolean> {
  let hasRead = false;
  for (let at = 0; at < target.length;) {
    const end = at + PAGE_BYTES - ((position + at) % PAGE_BYTES);
    const page = target.subarray(at, end);
    page.fill(0);
    hasRead = (await isRead(file, page, position + at)) || hasRead;
    at = end;
  }
  return hasRead;
}

async function isRead(file: OpenFile, page: Uint8Array, position: number): Promise<boolean> {
  try {
    return (await file.read(page, position)) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') return false;
    throw error;
  }
}
