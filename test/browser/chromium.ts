import { type Browser, chromium } from 'playwright-core';

/** The system's Chromium, without a window. */
export function launchChromium(): Promise<Browser> {
  // Its own sandbox does not work as root; the pages are ours.
  return chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: process.geteuid?.() !== 0 });
}
