import type { Job, StationPorts } from './job.ts';
import type { StepLog } from './stepLog.ts';
import type { Unit } from './unit.ts';
import type { UnitKeys, UnitPage } from './unitBook.ts';

/** What the steps share that are done with one unit. */
export class UnitRun {
  readonly job: Job;
  readonly ports: StationPorts;
  readonly log: StepLog;
  readonly unit: Unit;
  #keys: UnitKeys;
  #page: UnitPage;

  private constructor(about: Pick<UnitRun, 'job' | 'ports' | 'log' | 'unit' | 'keys' | 'page'>) {
    this.job = about.job;
    this.ports = about.ports;
    this.log = about.log;
    this.unit = about.unit;
    this.#keys = about.keys;
    this.#page = about.page;
  }

  /** Looks up what the book has of the unit. @throws as the book */
  static async open(about: Pick<UnitRun, 'job' | 'ports' | 'log' | 'unit'>): Promise<UnitRun> {
    const { book } = about.ports;
    const { mac } = about.unit;
    return new UnitRun({ ...about, keys: await book.findKeys(mac), page: await book.findPage(mac) });
  }

  /** As the book has them. */
  get keys(): UnitKeys {
    return this.#keys;
  }

  /** As the book has it. */
  get page(): UnitPage {
    return this.#page;
  }

  /** The keys that its job burns may be in the chip already: of an earlier run, or of this one. */
  get isLockBegun(): boolean {
    const { security } = this.job;
    if (security === undefined) return false;
    return security.encryption === 'first-boot' ? this.#page.isSelfEncrypting === true : this.#keys.flash !== undefined;
  }

  /** Keeps these keys beside those that the book has. */
  async keepKeys(keys: UnitKeys): Promise<void> {
    this.#keys = { ...this.#keys, ...keys };
    await this.ports.book.keepKeys(this.unit.mac, this.#keys);
  }

  /** Begins the page anew. */
  async begin(page: UnitPage): Promise<void> {
    this.#page = page;
    await this.ports.book.keepPage(this.unit.mac, page);
  }

  /** Changes members of the page. */
  async keep(change: UnitPage): Promise<void> {
    await this.begin({ ...this.#page, ...change });
  }
}
