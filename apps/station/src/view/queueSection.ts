import type { RecordQueue, WaitingRecord } from '../storage/recordQueue.ts';
import { queueText } from '../storage/recordQueue.ts';
import { button, download, make, part } from './elements.ts';

/** Records that the server has not got. */
export class QueueSection {
  readonly #list = part('queue', HTMLUListElement);
  readonly #count = part('queue-count', HTMLElement);
  readonly #buttons = part('queue-buttons', HTMLElement);

  /** @param onSend told when the user wants them sent */
  async show(queue: RecordQueue, onSend: () => unknown): Promise<void> {
    const records = await queue.list();
    const waiting = records.filter(({ refusal }) => refusal === undefined);
    this.#count.textContent =
      waiting.length === 0 ? 'No record waits.' : `${waiting.length} waiting for the server: sent when it is back.`;
    this.#list.replaceChildren(...records.map((record) => row(record, queue)));
    const save = (): void => download('units.jsonl', 'application/jsonl', queueText(waiting));
    this.#buttons.replaceChildren(
      ...(waiting.length === 0 ? [] : [button('Send now', onSend), button('Download units.jsonl', save)]),
    );
  }
}

function row(record: WaitingRecord, queue: RecordQueue): HTMLElement {
  const { device, mac, refusal } = record;
  const name = device.slice(device.lastIndexOf('/') + 1);
  if (refusal === undefined) return make('li', {}, make('strong', {}, name), ` ${mac}`);
  return make(
    'li',
    { class: 'failed' },
    make('strong', {}, name),
    ` ${mac}`,
    make('p', {}, `Refused: ${refusal.message}`),
    make('code', {}, refusal.code),
    make(
      'div',
      { class: 'buttons' },
      button('Remove', () => queue.delete(record)),
    ),
  );
}
