import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { isErased } from '@mkiot/esp32/bytes/isErased';
import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';

const NAMESPACE = 'mkiot';
export const FACTORY_TICKET_KEY = 'ticket';

/** With what a device enrols itself: what the API of its platform listens on, and a ticket, which is a secret until it is used. */
export interface FactoryEnrolment {
  readonly apiPort: number;
  readonly ticket: string;
}

/**
 * The partition `fctry`, `size` bytes: an NVS partition that the device only reads, but for a ticket that it wipes out.
 *
 * @throws `NVS_VALUE_LONG`, `NVS_INTEGER`, `NVS_FULL`
 */
export function buildFactoryData(
  { deviceName, host, port, caPem }: FactoryData,
  size: number,
  enrolment?: FactoryEnrolment,
): Uint8Array<ArrayBuffer> {
  return buildNvs(
    [
      { namespace: NAMESPACE },
      { key: 'device', type: 'string', value: deviceName },
      { key: 'host', type: 'string', value: host },
      { key: 'port', type: 'uint16_t', value: BigInt(port) },
      { key: 'ca', type: 'string', value: caPem },
      ...(enrolment === undefined
        ? []
        : ([
            { key: 'api-port', type: 'uint16_t', value: BigInt(enrolment.apiPort) },
            { key: FACTORY_TICKET_KEY, type: 'string', value: enrolment.ticket },
          ] as const)),
    ],
    size,
  );
}

/** What is in the partition `fctry`; undefined: nothing was put there. @throws `NVS_UNKNOWN` */
export function readFactoryData(partition: Uint8Array): FactoryData | undefined {
  const values = valuesIn(partition);
  const [deviceName, host, port, caPem] = ['device', 'host', 'port', 'ca'].map((key) => values.get(key));
  if (typeof deviceName !== 'string' || typeof host !== 'string' || typeof caPem !== 'string') return undefined;
  return typeof port === 'bigint' ? { deviceName, host, port: Number(port), caPem } : undefined;
}

/** With what the device enrols itself; undefined: it does not, or has done so. @throws `NVS_UNKNOWN` */
export function readFactoryEnrolment(partition: Uint8Array): FactoryEnrolment | undefined {
  const values = valuesIn(partition);
  const [apiPort, ticket] = [values.get('api-port'), values.get(FACTORY_TICKET_KEY)];
  return typeof apiPort === 'bigint' && typeof ticket === 'string' ? { apiPort: Number(apiPort), ticket } : undefined;
}

function valuesIn(partition: Uint8Array): ReadonlyMap<string, unknown> {
  if (isErased(partition)) return new Map();
  return new Map(
    nvsRecords(parseNvs(partition))
      .filter(({ state, namespace }) => state === 'current' && namespace === NAMESPACE)
      .map(({ key, value }) => [key, value]),
  );
}
