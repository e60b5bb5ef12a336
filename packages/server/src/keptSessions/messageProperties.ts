import type { MessageProperties } from '../bridge/deliveryTerms.ts';

/** The properties of a message as JSON; the correlation data, which is bytes, in base64. */
export function formatMessageProperties({ correlationData, ...others }: MessageProperties): string {
  return JSON.stringify({
    ...others,
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData).toString('base64') }),
  });
}

/** What {@link formatMessageProperties} has written. */
export function parseMessageProperties(text: string): MessageProperties {
  const { correlationData, ...others } = JSON.parse(text) as Omit<MessageProperties, 'correlationData'> & {
    readonly correlationData?: string;
  };
  return correlationData === undefined
    ? others
    : { ...others, correlationData: new Uint8Array(Buffer.from(correlationData, 'base64')) };
}
