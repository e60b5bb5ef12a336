import type { BrowserUnitBook } from '../storage/browserUnitBook.ts';
import { button, make, part } from './elements.ts';

/** Units that were begun: this browser keeps their keys until they are done. */
export async function showUnfinished(book: BrowserUnitBook): Promise<void> {
  const macs = await book.unfinished();
  part('unfinished-section', HTMLElement).hidden = macs.length === 0;
  const forget = async (mac: string): Promise<void> => {
    const text = `Delete the keys of ${mac}? If anything of them is burned, the chip can never be finished.`;
    if (!confirm(text)) return;
    await book.forgetKeys(mac);
    await showUnfinished(book);
  };
  part('unfinished', HTMLUListElement).replaceChildren(
    ...macs.map((mac) =>
      make(
        'li',
        {},
        make('code', {}, mac),
        button('Delete its keys', () => forget(mac)),
      ),
    ),
  );
}
