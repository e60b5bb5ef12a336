import { LoaderFailure, type LoaderFailureKind } from './loaderStatus.ts';
import type { LoaderContext } from './loaderCommand.ts';

/** Where flash ends: as the tool has said, and never behind what there is. */
export function endOfFlash({ hardware, flashBytes }: Pick<LoaderContext, 'hardware' | 'flashBytes'>): number {
  return Math.min(flashBytes, hardware.flash.size);
}

/** @throws LoaderFailure `failure` where the bytes do not lie in flash */
export function checkFlashRange(
  context: LoaderContext,
  offset: number,
  length: number,
  failure: LoaderFailureKind,
): void {
  if (offset + length > endOfFlash(context)) throw new LoaderFailure(failure);
}
