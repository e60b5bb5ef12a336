/** Names that people give to what acts for them have at most so many characters. */
export const NAME_CHARACTERS = 100;

/** Whether `name` may stand in logs and the audit trail: no control characters, no look-alike directions, not too long. */
export function isPrintableName(name: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(name) && name.trim() !== '' && name.length <= NAME_CHARACTERS;
}
