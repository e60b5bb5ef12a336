import {
  type DeviceTopicKind,
  formatDeviceTopic,
  parseDeviceFilter,
  parseDeviceTopic,
} from '@mkiot/core/contract/deviceTopics';

/** Which topics belong to a device, in the eyes of the bridge: it hands on their kind and subfolder. */
export interface TopicContract {
  /** What `topic` is for, or `undefined` when the device may not publish to it. */
  publishTopic(deviceId: string, topic: string): { readonly kind: string; readonly subfolder: string } | undefined;
  /** The kind that `filter` subscribes to, or `undefined` when the device may not. */
  subscribeFilter(deviceId: string, filter: string): string | undefined;
  /** The topic on which a message of this kind goes to the device. */
  deliveryTopic(deviceId: string, kind: string, subfolder: string): string;
}

/** The topics of IoT Core: `/devices/{device}/…`, each device only its own. */
export const DEVICE_TOPIC_CONTRACT: TopicContract = {
  publishTopic: (deviceId, topic) => {
    const parsed = parseDeviceTopic(topic);
    return parsed?.device === deviceId ? parsed : undefined;
  },
  subscribeFilter: (deviceId, filter) => {
    const parsed = parseDeviceFilter(filter);
    return parsed?.device === deviceId ? parsed.kind : undefined;
  },
  // Only kinds of the contract are ever granted.
  deliveryTopic: (device, kind, subfolder) => formatDeviceTopic({ device, kind: kind as DeviceTopicKind, subfolder }),
};
