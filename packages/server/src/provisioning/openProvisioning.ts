import type { DeviceProvenance } from '@mkiot/core/api/resources';
import { RefusalPauses } from '../admission/refusalPauses.ts';
import type { ApiRoute } from '../http/apiRoute.ts';
import { Enrolment } from './enrolment.ts';
import type { ProvisioningParts } from './provisioningParts.ts';
import { registrationRoutes } from './registrationRoutes.ts';
import { stationRoutes } from './stationRoutes.ts';
import { StationService } from './stationService.ts';
import { ticketRoutes } from './ticketRoutes.ts';
import { TicketService } from './ticketService.ts';
import { UnitRegistration } from './unitRegistration.ts';
import { unitRoutes } from './unitRoutes.ts';
import { UnitService } from './unitService.ts';

/** No client of HTTP gives up before that. */
const ANSWER_MS = 10_000;

export interface OpenProvisioning {
  readonly apiRoutes: readonly ApiRoute[];
  /** How a device came into its registry; undefined: a person has made it. */
  provenanceOf(numId: number): Promise<DeviceProvenance | undefined>;
  /** Answers those at once who wait for a refusal. */
  close(): void;
}

/** Puts the parts of the slice together. */
export function openProvisioning(parts: ProvisioningParts, project: string): OpenProvisioning {
  const stations = new StationService(parts);
  const units = new UnitService(parts);
  const pauses = new RefusalPauses(parts.clock, ANSWER_MS);
  return {
    apiRoutes: [
      ...stationRoutes(stations, parts),
      ...ticketRoutes(new TicketService(parts)),
      ...unitRoutes(units, project),
      ...registrationRoutes({
        registration: new UnitRegistration(parts, stations),
        enrolment: new Enrolment(parts),
        pauses,
      }),
    ],
    provenanceOf: (numId) => units.provenanceOf(numId),
    close: () => pauses.close(),
  };
}
