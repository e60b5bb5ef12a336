import type { DevicePresence } from '@mkiot/core/api/resources';

/** MQTT by the level in CONNECT. */
const PROTOCOLS: Readonly<Record<number, string>> = { 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' };

/** Whether a device is connected, in words: fields of the lines about it. */
export function presenceFields(presence: DevicePresence | undefined): Readonly<Record<string, string | undefined>> {
  if (presence === undefined) return {};
  const { session, lastDisconnect } = presence;
  return {
    Connected: connection(presence),
    'Last heard': session?.lastHeardTime,
    'Expected by': session?.expectedByTime && `${session.expectedByTime} (keep-alive ${session.keepAlive})`,
    'Last disconnect': lastDisconnect && `${lastDisconnect.time} ${lastDisconnect.message} [${lastDisconnect.code}]`,
  };
}

function connection({ connected, sinceTime, session }: DevicePresence): string {
  if (session === undefined) return 'never';
  const { remoteAddress, protocolLevel, epoch } = session;
  const where = `${PROTOCOLS[protocolLevel] ?? `MQTT level ${protocolLevel}`} from ${remoteAddress}, session ${epoch}`;
  return connected ? `yes, since ${sinceTime}: ${where}` : `no, since ${sinceTime}; last: ${where}`;
}
