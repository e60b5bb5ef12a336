import { type Page, pageById, type PageRequest } from '../registry/page.ts';
import { registryError } from '../registry/registryErrors.ts';

/** A place in a list that goes by time of creation, the oldest first, and then by id. */
export interface CreationPlace {
  readonly createdAtMs: number;
  readonly id: string;
}

/**
 * One page of such a list.
 *
 * @param query reads at most `limit` items that come after the place
 * @throws `PAGE_TOKEN_MALFORMED`
 */
export async function pageByCreation<Item extends CreationPlace>(
  page: PageRequest,
  query: (after: CreationPlace, limit: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const { items, nextPageToken } = await pageById(page, async (token, limit) => {
    const found = await query(placeOf(token), limit);
    return found.map((item) => ({ id: `${item.createdAtMs}.${item.id}`, item }));
  });
  return { items: items.map(({ item }) => item), nextPageToken };
}

function placeOf(token: string): CreationPlace {
  if (token === '') return { createdAtMs: 0, id: '' };
  const [, time, id = ''] = /^(\d{1,15})\.([0-9a-f]+)$/.exec(token) ?? [];
  if (time === undefined) throw registryError('PAGE_TOKEN_MALFORMED');
  return { createdAtMs: Number(time), id };
}
