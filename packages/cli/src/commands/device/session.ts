import type { DroppedMessage, KeptSession, QueuedMessage } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { fieldLines } from '../../output/fields.ts';
import { printable } from '../../output/printable.ts';

export function addDeviceSession(devices: Command, cli: Cli): void {
  addCommand(devices, 'session', {
    summary: 'Show what waits for a device, and what it did not get',
    details:
      'A device that connects with Clean Session 0 (MQTT 5.0: Session Expiry Interval) has a session that outlives its ' +
      'connection. Messages that are dropped from it are listed with the reason, the last 20.',
    examples: ['mkiot device session pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action((text: string) =>
      cli.withServer(async ({ api, names }) => {
        const session = await api.devices.keptSession(names.device(text));
        await cli.output.result(session, sessionLines(session));
      }),
    );
}

function sessionLines({ kept, expireTime, subscriptions, messages, droppedMessages }: KeptSession): readonly string[] {
  const topics = subscriptions.map(({ kind, qos }) => `${kind} at QoS ${qos}`).join(', ');
  return [
    ...fieldLines({
      'Kept session': kept ? 'yes' : 'no',
      'Ends without a connection': kept ? (expireTime ?? 'the device is connected') : undefined,
      'Subscribed to': topics === '' ? undefined : topics,
      Waiting: String(messages.length),
      Dropped: String(droppedMessages.length),
    }),
    ...messages.map((message) => `waits    ${messageText(message)}${message.wasSent ? ', sent once' : ''}`),
    ...droppedMessages.map((message) => `dropped  ${messageText(message)}, ${message.dropTime} ${message.reason}`),
  ];
}

function messageText({ id, kind, subfolder, payloadBytes, queueTime }: QueuedMessage | DroppedMessage): string {
  return printable(`#${id} ${kind}${subfolder === '' ? '' : `/${subfolder}`}, ${payloadBytes} bytes, ${queueTime}`);
}
