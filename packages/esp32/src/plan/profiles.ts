import type { Profile, ProfileName } from './profile.ts';
import { DEVELOPMENT } from './profiles/development.ts';
import { PRODUCTION } from './profiles/production.ts';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = { production: PRODUCTION, development: DEVELOPMENT };
