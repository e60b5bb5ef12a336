import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { LoginMethod } from './login/login.ts';

/** What a device tells whoever runs it, as it happens. Times and durations in milliseconds. */
export type DeviceEvent =
  | { readonly type: 'booted'; readonly boot: number; readonly firmwareVersion: string }
  /** The platform took the ticket: the device is one of its registry now. */
  | { readonly type: 'enrolled'; readonly deviceNumId: string }
  | { readonly type: 'enrolmentRefused'; readonly error: MkiotError }
  | { readonly type: 'connected'; readonly reconnects: number; readonly login: LoginMethod }
  /** The server let the device stay. `endsInMs`: until when, if it said so. */
  | { readonly type: 'renewed'; readonly endsInMs: number | undefined }
  /** The session ended after it was open. Without error: the device ended it, for a new token, a reboot or the end. */
  | { readonly type: 'disconnected'; readonly heldMs: number; readonly error: MkiotError | undefined }
  /** There is no session, and the next try comes after `delayMs`. `attempt` counts from 1. */
  | { readonly type: 'retrying'; readonly attempt: number; readonly delayMs: number; readonly error: MkiotError }
  /** A message of the outbox was handed to the network. `resent`: perhaps not for the first time. */
  | {
      readonly type: 'published';
      readonly sequence: number;
      readonly subfolder: string;
      readonly payload: Uint8Array;
      readonly resent: boolean;
    }
  /** Its PUBACK came: the server has it on disk. */
  | { readonly type: 'acknowledged'; readonly sequence: number; readonly latencyMs: number }
  | { readonly type: 'heartbeat'; readonly payload: Uint8Array }
  | { readonly type: 'state'; readonly payload: Uint8Array }
  | { readonly type: 'configApplied'; readonly bytes: number }
  | { readonly type: 'configRefused'; readonly bytes: number; readonly error: MkiotError }
  | { readonly type: 'command'; readonly command: string; readonly error: MkiotError | undefined }
  /** Somebody wants to see which board this is; a board with a light blinks. */
  | { readonly type: 'identify'; readonly durationMs: number }
  | { readonly type: 'sensorFailed' | 'sensorRecovered'; readonly sensor: string }
  /** The outbox was full: its oldest messages gave way. */
  | { readonly type: 'dropped'; readonly count: number }
  /** The stored outbox had a torn or damaged end, which is lost. */
  | { readonly type: 'outboxDamaged'; readonly lostBytes: number }
  /** Storage fails: what is in memory is all there is until it works again. */
  | { readonly type: 'storageFailed'; readonly cause: unknown };

export type Emit = (event: DeviceEvent) => void;
