/**
 * A JSON line of the log as text for a terminal: `2026-01-01 12:00:00.000 INFO  device connected device=pump-1`, and below
 * it the stack of an error of ours.
 */
export function logText(json: string): string {
  const { level, time, msg = '', ...members } = JSON.parse(json) as Record<string, unknown>;
  const stacks: string[] = [];
  const pairs = Object.entries(members).map(([name, value]) => ` ${name}=${textValue(value, stacks)}`);
  const when = String(time).replace('T', ' ').replace('Z', '');
  const line = `${when} ${String(level).toUpperCase().padEnd(5)} ${printable(String(msg))}${pairs.join('')}`;
  return `${[line, ...stacks].join('\n')}\n`;
}

function textValue(value: unknown, stacks: string[]): string {
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : printable(JSON.stringify(value));
  const withoutStack = (name: string, member: unknown): unknown => {
    if (name !== 'stack' || typeof member !== 'string') return member;
    const [, ...frames] = member.split('\n');
    stacks.push(...frames.map((frame) => printable(frame)));
    return undefined;
  };
  return printable(JSON.stringify(value, withoutStack));
}

/** Text that came from a device must neither begin a line nor move the cursor. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
