import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's, or the one that CHROMIUM names. */
const CHROMIUM = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

/** A test in a real browser. Without one it fails in CI, and says loudly elsewhere that it did not run. */
export const testInBrowser: typeof test | typeof test.skip = CHROMIUM || process.env.CI ? test : skipped();

function skipped(): typeof test.skip {
  console.warn('NOT TESTED: no Chromium here. Install one (`apt-get install chromium`) or name it in CHROMIUM.');
  return test.skip;
}

let browser: Promise<Browser> | undefined;
/** On a busy machine a browser takes its time. */
jest.setTimeout(90_000);

const troubles: string[] = [];
const open: BrowserContext[] = [];
afterEach(async () => {
  for (const context of open.splice(0)) await context.close();
  troubles.length = 0;
});
afterAll(async () => (await browser)?.close());

/** One browser for a test file. */
function launched(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('No Chromium: `apt-get install chromium`, or name one in CHROMIUM.');
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  return browser;
}

/** A window of its own; what its console calls an error is kept for `noTroubles`. */
export async function openWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await (await launched()).newContext({ viewport: WIDE, timezoneId: 'America/New_York', ...options });
  open.push(context);
  return watched(await context.newPage());
}

/** One more window of the same browser profile. */
export const besides = async (page: Page): Promise<Page> => watched(await page.context().newPage());

function watched(page: Page): Page {
  page.setDefaultTimeout(20_000);
  page.on('console', (said) => said.type() === 'error' && troubles.push(said.text()));
  page.on('pageerror', (fault) => troubles.push(fault.message));
  return page;
}

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

/** `but`: what a story brings about on purpose. */
export function noTroubles(but = /(?!)/): void {
  expect(troubles.splice(0).filter((one) => !but.test(one))).toEqual([]);
}

const axe = () => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What keeps people from using the page: axe's serious and critical findings, none. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe());
  const found = await page.evaluate<AxeFinding[]>('axe.run().then(({ violations }) => violations)');
  const grave = found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).join(' | ')}`);
  expect(grave).toEqual([]);
}

/** Nothing reaches beyond the window, unless its box scrolls or says by … that there is more. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth + 1;
    const isHeld = (one: Element | null): boolean =>
      one !== null &&
      ((getComputedStyle(one).overflowX !== 'visible' && one.getBoundingClientRect().right <= limit) ||
        isHeld(one.parentElement));
    return [...document.querySelectorAll('.main *, .modal *, .pane *, .bar *, .story *')]
      .filter((one) => one.getClientRects().length > 0 && one.getBoundingClientRect().right > limit)
      .filter((one) => !isHeld(one.parentElement?.closest('.main *, .modal *, .pane *') ?? null))
      .map((one) => one.outerHTML.slice(0, 120));
  });
  expect(wide).toEqual([]);
}
