import { toHexOffset } from '@mkiot/esp32/bytes/hexOffset';
import type { Firmware } from '@mkiot/esp32/station/firmware/firmware';
import { type BuildFile, filesOfDrop, filesOfInput, readBuild } from '../buildFiles.ts';
import { make, part } from './elements.ts';
import { hideProblem, showProblem } from './problems.ts';

/** The build that units get. It stays in the memory of the page. */
export class FirmwareSection {
  #firmware: Firmware | undefined;
  readonly #problem = part('firmware-problem', HTMLElement);
  readonly #parts = part('firmware-parts', HTMLElement);

  constructor() {
    const drop = part('drop', HTMLElement);
    for (const id of ['firmware-folder', 'firmware-files']) {
      const input = part(id, HTMLInputElement);
      input.addEventListener('change', () => {
        if (input.files !== null) void this.#read(Promise.resolve(filesOfInput(input.files)));
      });
    }
    drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      if (event.dataTransfer !== null) void this.#read(filesOfDrop(event.dataTransfer.items));
    });
  }

  get firmware(): Firmware | undefined {
    return this.#firmware;
  }

  async #read(files: Promise<readonly BuildFile[]>): Promise<void> {
    hideProblem(this.#problem);
    this.#firmware = undefined;
    this.#parts.replaceChildren();
    try {
      this.#firmware = await readBuild(await files);
      this.#show(this.#firmware);
    } catch (error) {
      showProblem(this.#problem, error);
    }
  }

  #show({ chip, parts }: Firmware): void {
    const rows = parts.map(({ name, offset, bytes }) =>
      make(
        'tr',
        {},
        make('td', {}, make('code', {}, toHexOffset(offset))),
        make('td', {}, name),
        make('td', { class: 'number' }, bytes.length.toLocaleString('en')),
      ),
    );
    const head = make(
      'tr',
      {},
      make('th', { scope: 'col' }, 'At'),
      make('th', { scope: 'col' }, 'File'),
      make('th', { scope: 'col', class: 'number' }, 'Bytes'),
    );
    this.#parts.replaceChildren(
      make('p', {}, chip === undefined ? 'The build does not say for which chip it is.' : `For ${chip}.`),
      make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows)),
    );
  }
}
