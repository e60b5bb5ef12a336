import { z } from '@hono/zod-openapi';
import type { RegisteredUnit } from '@mkiot/core/api/clientProvisioning';
import type { RefusalPauses } from '../admission/refusalPauses.ts';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { bytes, message } from '../http/protoJson.ts';
import type { Enrolment } from './enrolment.ts';
import { provisioningError } from './provisioningErrors.ts';
import type { RegistrationOutcome, UnitRegistration } from './unitRegistration.ts';

/** More do not fit into what may be sent without a token. */
const RECORDS_PER_CALL = 16;
/** Longer than any device name: project, location, registry and device have at most 255 characters each. */
const DEVICE_NAME_CHARACTERS = 1_200;
/** Under which refusals are counted, beside the address. */
const UNIT_RECORDS = 'unit records';
const ENROLMENT_TICKETS = 'enrolment tickets';

export interface RegistrationRouteParts {
  readonly registration: UnitRegistration;
  readonly enrolment: Enrolment;
  readonly pauses: RefusalPauses;
}

/** How units become devices. Nobody here has a token: what is sent says, by its signatures, who sends it. */
export function registrationRoutes({ registration, enrolment, pauses }: RegistrationRouteParts): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: '/v1/unitRecords:register',
      operation: 'registerUnits',
      summary: 'Makes devices of the records that a provisioning station has signed; each is answered on its own.',
      permission: 'public',
      params: z.object({}),
      query: message({}),
      body: message({
        records: z
          .array(message({ record: bytes(), signature: bytes() }))
          .min(1)
          .max(RECORDS_PER_CALL),
      }),
      result: z.object({
        units: z.array(
          z.object({
            outcome: z.enum(['CREATED', 'ALREADY_REGISTERED', 'REFUSED']),
            deviceNumId: z.string().optional(),
            code: z.string().optional(),
            message: z.string().optional(),
          }),
        ),
      }),
      handle: async ({ body, remoteAddress }) => {
        const outcomes: RegistrationOutcome[] = [];
        // One after the other: of two records of one unit the first in the list counts.
        for (const presented of body.records) outcomes.push(await registration.register(presented, remoteAddress));
        await pauses.before({ clientId: UNIT_RECORDS, remoteAddress }, verdictOf(outcomes));
        const units = outcomes.map(registeredUnit);
        return { units };
      },
    }),
    apiRoute({
      method: 'post',
      path: '/v1/enrolmentTickets:redeem',
      operation: 'redeemEnrolmentTicket',
      summary: 'Makes a device of the board that has a ticket and the key it sends.',
      permission: 'public',
      params: z.object({}),
      query: message({}),
      body: message({
        ticket: z.string().max(100),
        device: z.string().max(DEVICE_NAME_CHARACTERS),
        mac: z.string().max(17).optional(),
        publicKey: z.string().max(1_000),
        proof: bytes(),
      }),
      result: z.object({ deviceNumId: z.string() }),
      handle: async ({ body, remoteAddress }) => {
        const numId = await enrolment.redeem(body, remoteAddress);
        // By the address alone: whoever guesses would give another device name each time.
        await pauses.before({ clientId: ENROLMENT_TICKETS, remoteAddress }, { accepted: numId !== undefined });
        if (numId === undefined) throw provisioningError('ENROLMENT_REFUSED');
        return { deviceNumId: String(numId) };
      },
    }),
  ];
}

/**
 * What counts as a failure: a record that no station has signed. Only a new device makes up for failures, since records are no
 * secrets: whoever has one could send it again between his forgeries.
 */
function verdictOf(outcomes: readonly RegistrationOutcome[]): { readonly accepted?: boolean } {
  if (outcomes.some((each) => each.outcome === 'REFUSED' && !each.isSigned)) return { accepted: false };
  return outcomes.some(({ outcome }) => outcome === 'CREATED') ? { accepted: true } : {};
}

function registeredUnit(outcome: RegistrationOutcome): RegisteredUnit {
  if (outcome.outcome !== 'REFUSED') return { outcome: outcome.outcome, deviceNumId: String(outcome.numId) };
  const { code, message: text } = outcome.refusal;
  return { outcome: 'REFUSED', code, message: text };
}
