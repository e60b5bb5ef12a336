/** Why a device refuses a request, by the code in its answer; the names are stable. */
export const REFUSALS = {
  ORDER: { code: 1, text: 'the request comes before another that it needs' },
  MALFORMED: { code: 2, text: 'the request is not as its kind prescribes' },
  UNKNOWN_REQUEST: { code: 3, text: 'the device knows no such request' },
  FACTS_INVALID: { code: 4, text: 'the facts name no device, host, port and certificate authority' },
  KEY_INVALID: { code: 5, text: 'the private key is not one on P-256, or there twice' },
  NOT_PROVEN: { code: 6, text: 'not every key was proven since keys and facts last changed' },
  DIGEST_DIFFERS: { code: 7, text: 'the device has other keys or facts than the station believes' },
  CLOSED: { code: 8, text: 'key install is closed; only a full erase of the flash opens it again' },
  STORAGE_FAILED: { code: 9, text: 'the device could not store keys and facts' },
} as const;

export type Refusal = keyof typeof REFUSALS;

/** The name of a code; undefined: there is no such code. */
export function refusalOf(code: number): Refusal | undefined {
  return (Object.keys(REFUSALS) as Refusal[]).find((name) => REFUSALS[name].code === code);
}
