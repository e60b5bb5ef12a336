import type { PlatformAddress } from './platformUser.ts';

/** The metrics by their name with labels: `mkiot_problem{code="EVENT_LOG_SLOW"}`. */
export async function metrics({ loopbackPort }: PlatformAddress): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${loopbackPort}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
