import { type ApiCaller, apiPath } from './clientCaller.ts';

/** A change as it stands in the audit trail. */
export interface AuditTrailEntry {
  readonly sequence: string;
  readonly time: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly before?: object;
  readonly after?: object;
}

/** What a walk along the chain of entries found. */
export interface AuditTrailVerdict {
  readonly intactEntries: string;
  readonly head: string;
  readonly fault?: { readonly kind: string; readonly sequence: string };
}

/** Who changed what, and whether somebody tampered with the record of it. */
export class AuditTrailClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /** Newest first. */
  list(project: string): AsyncGenerator<AuditTrailEntry, void, undefined> {
    return this.#caller.pages(apiPath(`projects/${project}/auditTrail`), 'entries');
  }

  /** Number and MAC of the last entry: kept elsewhere, it later shows whether the end was cut off. */
  async head(project: string): Promise<string> {
    const { head } = await this.#caller.call<{ head: string }>(
      'GET',
      apiPath(`projects/${project}/auditTrail`, 'head'),
    );
    return head;
  }

  /** @param expectedHead a head that was kept elsewhere */
  verify(project: string, expectedHead?: string): Promise<AuditTrailVerdict> {
    const body = { expectedHead };
    return this.#caller.call('POST', apiPath(`projects/${project}/auditTrail`, 'verify'), { body });
  }
}
