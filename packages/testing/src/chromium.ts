/**
 * A real browser for the tests that need one. Where there is no Chromium they are skipped, and their titles say so;
 * CHROMIUM_PATH names one that lies elsewhere.
 */
import { test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasChromium = existsSync(executablePath);

/** One process, no sandbox that a container forbids, and no calls to the browser's makers. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

export function testInBrowser(title: string, run: () => Promise<void>): void {
  if (hasChromium) test(title, run, 60_000);
  else test.skip(`${title} (skipped: there is no ${executablePath}, see CHROMIUM_PATH)`, run);
}
