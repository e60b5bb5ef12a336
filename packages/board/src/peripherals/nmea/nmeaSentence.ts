// NMEA 0183, section 5.3: sentences.

export interface NmeaSentence {
  /** Talker and type: `GNRMC`. */
  readonly name: string;
  readonly fields: readonly string[];
}

const SENTENCE = /^\$([A-Z]{2}[A-Z0-9]{3}),([^*\r\n]*)\*([0-9A-Fa-f]{2})$/;

/** With its checksum and line end. */
export function encodeNmeaSentence({ name, fields }: NmeaSentence): string {
  const content = [name, ...fields].join(',');
  return `$${content}*${checksum(content)}\r\n`;
}

/** A line without its end; undefined: it is no sentence, or its checksum is wrong. */
export function parseNmeaSentence(line: string): NmeaSentence | undefined {
  const [, name, content, sum] = SENTENCE.exec(line) ?? [];
  if (name === undefined || content === undefined || sum?.toUpperCase() !== checksum(`${name},${content}`)) {
    return undefined;
  }
  return { name, fields: content.split(',') };
}

/** All characters between `$` and `*`, exclusive or. */
function checksum(content: string): string {
  let sum = 0;
  for (let at = 0; at < content.length; at++) sum ^= content.charCodeAt(at);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}
