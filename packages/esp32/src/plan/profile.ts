import type { SecurityFuse } from '../chips/securityFuses.ts';

export type ProfileName = 'production' | 'development';

/** What a chip is to be when the plan is done. */
export interface Profile {
  readonly name: ProfileName;
  /** What it is for, as a sentence. */
  readonly purpose: string;
  /** Release mode takes no firmware over the cable any more but such as is encrypted on the host. */
  readonly flashEncryption: 'release' | 'development';
  readonly secureBoot: boolean;
  /** What is burned to 1, where the chip has it, in this order. */
  readonly closes: readonly SecurityFuse[];
  /** What has to stay 0, or the profile is none. */
  readonly leavesOpen: readonly SecurityFuse[];
  /** What no burn may change any more. */
  readonly writeProtects: readonly SecurityFuse[];
  /** The last burn: afterwards espefuse can burn nothing. */
  readonly closesLoader: boolean;
  /** Settings of sdkconfig beside those that follow from the members above. */
  readonly sdkconfig: Readonly<Record<string, string>>;
}
