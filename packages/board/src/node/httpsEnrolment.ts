// docs/provisioning.md, "Tickets".
import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import type { Clock } from '@mkiot/core/clock/clock';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { RedeemTicket } from '../device/enrolment/ticketHolder.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';
import { type ServerAddress, tlsOpener } from './tlsStream.ts';

/** Redeems tickets at the API of the platform, `address`. Nothing is sent before it has shown who it is. @throws `CA_INVALID` */
export function httpsEnrolment(address: ServerAddress, clock: Clock): RedeemTicket {
  const open = tlsOpener(address, clock);
  return async (enrolmentFor, signal) => {
    const stream = await open(signal);
    stream.close();
    const { host, port } = address;
    if (stream.binding === undefined) throw nodeBoardError('SERVER_UNREACHABLE', { host, port, detail: 'no TLS' });
    const api = new ApiClient(httpsFetch(address, signal));
    const { deviceNumId } = await api.provisioning.redeem(await enrolmentFor(stream.binding.bridgeId));
    return deviceNumId;
  };
}

function httpsFetch({ host, port, caPem: ca }: ServerAddress, signal: AbortSignal): ApiFetch {
  return (path, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const options = { host, port, path, method, headers, ca, signal, agent: false };
      const sent = request(options, (answer) => {
        buffer(answer).then((bytes) => resolve(new Response(bytes, { status: answer.statusCode ?? 0 })), reject);
      });
      sent.on('error', reject).end(body);
    });
}
