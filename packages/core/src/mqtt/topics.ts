// MQTT 3.1.1 and 5.0, section 4.7: topic names and topic filters.
import type { ProtocolLevel } from './protocolLevel.ts';
import type { RuleName } from './rules.ts';

const SHARE = '$share/';

/** The rule that `topic` breaks as a topic name, if any. */
export function topicNameRule(topic: string): RuleName | undefined {
  if (topic === '') return 'TOPIC_EMPTY';
  return topic.includes('+') || topic.includes('#') ? 'TOPIC_WILDCARD' : undefined;
}

/** The rule that `filter` breaks as a topic filter, if any. */
export function topicFilterRule(filter: string, level: ProtocolLevel): RuleName | undefined {
  if (filter === '') return 'TOPIC_EMPTY';
  if (level === 5 && isShared(filter) && !/^[^/+#]+\/./.test(filter.slice(SHARE.length))) return 'SHARED_FILTER';
  const levels = filter.split('/');
  if (levels.some((level) => level.includes('+') && level !== '+')) return 'FILTER_PLUS';
  const hash = levels.findIndex((level) => level.includes('#'));
  return hash < 0 || (hash === levels.length - 1 && levels[hash] === '#') ? undefined : 'FILTER_HASH';
}

/** Whether `filter` asks for a shared subscription, MQTT 5.0, section 4.8.2. */
export function isShared(filter: string): boolean {
  return filter.startsWith(SHARE);
}
