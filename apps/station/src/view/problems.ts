import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { make } from './elements.ts';

/** What to do in this page; the sentences of errors speak of the command line too. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  UNIT_NOT_BLANK: 'If it is the right one, tick "The chip may be used already" and provision it again.',
  UNIT_ENCRYPTS: 'Its flash key is not in this browser. It can be provisioned only where it was begun.',
  UNIT_BURN_NOT_CONFIRMED: 'Provision it again, and type the MAC address that is shown, if you want it burned.',
  UNIT_FLASH_USED: 'Tick "Erase its whole flash first" and provision it again.',
  STATION_SIGNING_KEY_MISSING: 'Choose the file of your signing key under "What to make of it".',
  STATION_KEY_LENGTH: 'The key that this browser keeps is of another kind of chip.',
  LOADER_PORT_CLOSED: 'Plug the board in again, choose its port, and provision it again: it goes on from there.',
  LOADER_GARBLED: 'Take a shorter cable, or a lower speed.',
  STATION_REVOKED: 'Forget this station and enrol a new one; then provision the unit again.',
  STATION_EXPIRED: 'Forget this station and enrol a new one; then provision the unit again.',
  STATION_EXHAUSTED: 'Forget this station and enrol a new one; then provision the unit again.',
  UNIT_REGISTRATION_REFUSED: 'The server says why beside its record, below.',
  TOKEN_MISSING: 'Paste a token of the role provisioner, editor or admin.',
  TOKEN_REFUSED: 'Paste a token of the role provisioner, editor or admin.',
  PERMISSION_MISSING: 'Paste a token of the role provisioner, editor or admin.',
  SERVER_UNREACHABLE: 'The server does not answer. What this browser has, works without it.',
};

/** Shows what went wrong: its sentence, what to do here, and its code for who looks it up. */
export function showProblem(place: HTMLElement, error: unknown): void {
  const { code, message } = told(error);
  const help = WHAT_TO_DO[code];
  place.replaceChildren(
    make('p', {}, message),
    ...(help === undefined ? [] : [make('p', {}, make('strong', {}, help))]),
    make('code', {}, code),
  );
  place.hidden = false;
}

export function hideProblem(place: HTMLElement): void {
  place.hidden = true;
  place.replaceChildren();
}

function told(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof MkiotError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'STATION_PAGE_FAILED', message: `Something went wrong in this page: ${text}` };
}
