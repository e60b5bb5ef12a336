/** The topic aliases that a client has set on its connection, MQTT 5.0, section 3.3.2.3.4. */
export class TopicAliases {
  readonly #maximum: number;
  /** Made for the first: most clients set none. */
  #topics: Map<number, string> | undefined = undefined;

  /** @param maximum the highest alias that the CONNACK allows */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /**
   * The topic that a PUBLISH means: a topic with an alias sets the alias, an alias alone stands for what it was set to.
   * `UNKNOWN`: it was never set.
   */
  resolve(topic: string, alias: number): { readonly topic: string } | 'ABOVE_MAXIMUM' | 'UNKNOWN' {
    if (alias > this.#maximum) return 'ABOVE_MAXIMUM';
    if (topic !== '') (this.#topics ??= new Map()).set(alias, topic);
    const known = this.#topics?.get(alias);
    return known === undefined ? 'UNKNOWN' : { topic: known };
  }
}
