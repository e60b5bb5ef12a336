import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { isErased } from '@mkiot/esp32/nvs/nvsFormat';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';

/**
 * What a factory gives a device: who it is and where it belongs. It lies in a partition of its own, `fctry`, an NVS partition
 * that the device only reads: nothing in it is secret.
 */
export interface FactoryData {
  /** `projects/…/locations/…/registries/…/devices/{id}` */
  readonly deviceName: string;
  readonly host: string;
  readonly port: number;
  /** The certificate authority of the platform. */
  readonly caPem: string;
}

const NAMESPACE = 'mkiot';

/** The partition `fctry`, `size` bytes. @throws `NVS_VALUE_LONG`, `NVS_INTEGER`, `NVS_FULL` */
export function buildFactoryData(
  { deviceName, host, port, caPem }: FactoryData,
  size: number,
): Uint8Array<ArrayBuffer> {
  return buildNvs(
    [
      { namespace: NAMESPACE },
      { key: 'device', type: 'string', value: deviceName },
      { key: 'host', type: 'string', value: host },
      { key: 'port', type: 'uint16_t', value: BigInt(port) },
      { key: 'ca', type: 'string', value: caPem },
    ],
    size,
  );
}

/** What is in the partition `fctry`; undefined: the device is in factory state. @throws `NVS_UNKNOWN` */
export function readFactoryData(partition: Uint8Array): FactoryData | undefined {
  if (isErased(partition)) return undefined;
  const values = new Map(
    nvsRecords(parseNvs(partition))
      .filter(({ state, namespace }) => state === 'current' && namespace === NAMESPACE)
      .map(({ key, value }) => [key, value]),
  );
  const [deviceName, host, port, caPem] = ['device', 'host', 'port', 'ca'].map((key) => values.get(key));
  if (typeof deviceName !== 'string' || typeof host !== 'string' || typeof caPem !== 'string') return undefined;
  return typeof port === 'bigint' ? { deviceName, host, port: Number(port), caPem } : undefined;
}
