/** A change as whoever makes it tells it. Config, command and key values only ever as their {@link digestOf}. */
export interface AuditedChange {
  /** Who: `token:4711 (pump team)`, `local:root`. */
  readonly principal: string;
  /** What, by the name of the API's operation: `createDevice`. */
  readonly action: string;
  /** The resource's name: `projects/…/devices/pump-1`. */
  readonly resource: string;
  /** JSON of what the change touches, as it was; absent for a creation. */
  readonly before?: object | undefined;
  /** The same, as it is now; absent for a deletion. */
  readonly after?: object | undefined;
}

/** A change as it stands in the trail. */
export interface AuditEntry extends AuditedChange {
  /** 1, 2, 3… without a gap. */
  readonly sequence: number;
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number;
}

/** The first thing that is wrong with a trail. `sequence` is the entry it shows at. */
export type AuditFault =
  /** The entry is not what was recorded there: it was changed, or put in. */
  | { readonly kind: 'FORGED'; readonly sequence: number }
  /** The entry has been taken out; later ones are there. */
  | { readonly kind: 'MISSING'; readonly sequence: number }
  /** The entry and all after it, up to the expected head, have been taken out. */
  | { readonly kind: 'CUT_OFF'; readonly sequence: number }
  /** The chain holds, but at the expected head's entry it is another one: somebody with the key has written it anew. */
  | { readonly kind: 'REWRITTEN'; readonly sequence: number };

/** What a walk along the chain found. */
export interface AuditVerdict {
  /** Entries that were found whole, from the first on. */
  readonly intactEntries: number;
  /** The head after the last of them. */
  readonly head: string;
  readonly fault: AuditFault | undefined;
}
