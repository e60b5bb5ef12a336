import type { FactoryData } from '@mkiot/core/keyInstall/factoryData';
import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { isErased } from '@mkiot/esp32/nvs/nvsFormat';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';

const NAMESPACE = 'mkiot';

/**
 * The partition `fctry`, `size` bytes: an NVS partition that the device only reads.
 *
 * @throws `NVS_VALUE_LONG`, `NVS_INTEGER`, `NVS_FULL`
 */
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

/** What is in the partition `fctry`; undefined: nothing was put there. @throws `NVS_UNKNOWN` */
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
