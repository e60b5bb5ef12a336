import type { CliPorts } from '../ports.ts';

/** What the steps have of the machine. `signal` is aborted by Ctrl-C and when the demo is over, so that no wait stays. */
export type DemoPorts = Pick<CliPorts, 'clock' | 'random' | 'signal' | 'environment' | 'homeFolder' | 'userId'>;
