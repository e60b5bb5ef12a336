// docs/protocol.md, "A challenge over HTTPS".
import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { AskChallenge } from '../device/login/login.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';

const TIMEOUT_MS = 10_000;

/**
 * Asks the platform for challenges.
 *
 * @param apiUrl `https://HOST:8443`
 * @param caPem the certificate authority of the platform; nobody else is trusted
 */
export function httpsChallenges(apiUrl: string, caPem: string): AskChallenge {
  return async (clientId) => {
    try {
      const { challenge } = JSON.parse(await post(new URL('/v1/challenge', apiUrl), caPem, { clientId })) as {
        challenge?: unknown;
      };
      const isChallenge = typeof challenge === 'string' && !(decodeNonce(challenge) instanceof MkiotError);
      if (isChallenge) return challenge;
    } catch (error) {
      throw nodeBoardError('CHALLENGE_NOT_GIVEN', { url: apiUrl, detail: String(error) }, error);
    }
    throw nodeBoardError('CHALLENGE_NOT_GIVEN', { url: apiUrl, detail: 'the answer has none' });
  };
}

function post(url: URL, ca: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = request(url, { method: 'POST', ca, headers, signal, agent: false }, (answer) => {
      text(answer).then(resolve, reject);
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}
