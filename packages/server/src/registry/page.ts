import { base64Decode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { LIMITS } from '@mkiot/core/contract/limits';
import { registryError } from './registryErrors.ts';

/** Which part of a list is asked for. `pageSize` 0 and sizes above the limit mean the limit. */
export interface PageRequest {
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty after the last page. */
  readonly nextPageToken: string;
}

/**
 * One page of a list that is ordered by id. The token holds the last id of the page before, so that what is created or
 * deleted meanwhile neither repeats nor hides anything else.
 *
 * @param query reads at most `limit` items whose id comes after `afterId`
 * @throws `PAGE_TOKEN_MALFORMED`
 */
export async function pageById<Item extends { readonly id: string }>(
  { pageSize, pageToken }: PageRequest,
  query: (afterId: string, limit: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const size = pageSize === 0 ? LIMITS.listPage : Math.min(pageSize, LIMITS.listPage);
  const found = await query(idOf(pageToken), size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  const isLast = found.length <= size || last === undefined;
  return { items, nextPageToken: isLast ? '' : base64UrlEncode(utf8Encode(last.id)) };
}

function idOf(pageToken: string): string {
  const bytes = base64Decode(pageToken);
  if (bytes === undefined) throw registryError('PAGE_TOKEN_MALFORMED');
  try {
    return utf8Decode(bytes);
  } catch (error) {
    throw registryError('PAGE_TOKEN_MALFORMED', {}, error);
  }
}
