import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { sandboxPages } from '../../src/sandbox/page/pages.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { median, ms } from './numbers.ts';
import type { Section } from './report.ts';

const MESSAGES = 5_000;
const ROUNDS = 15;

/** The local Slack in a real browser: a long channel, and how soon an open page shows what happens. */
export async function benchPage(): Promise<Section> {
  const slack = await startSandbox({ manifest: 'manifest.yml', mode: 'socket' });
  const pages = sandboxPages(slack);
  const server = createServer((request, response) => {
    if (!pages(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    for (let n = 0; n < MESSAGES; n += 1)
      slack.person(n % 5 ? 'oncall' : 'exec').says(`Line ${n}: *still* looking at <https://example.com/${n}>`, {
        in: 'general',
      });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox/comms`;
    const opened = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await page.goto(`${address}/incidents`);
      const began = performance.now();
      await page.goto(`${address}/general`);
      await page.getByText(`Line ${MESSAGES - 1}:`).waitFor();
      opened.push(performance.now() - began);
    }
    const older = await page.evaluate(scrollUp);
    await page.goto(`${address}/general`);
    const seen = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const shown = page.evaluate(shownAt, `News ${round}!`);
      const said = await page.evaluate(() => performance.timeOrigin + performance.now());
      slack.person('exec').says(`News ${round}!`, { in: 'general' });
      seen.push((await shown) - said);
    }
    return {
      title: 'The local Slack’s page',
      how: `A channel of ${MESSAGES} messages in Chromium, 1280 × 800, ${ROUNDS} rounds.`,
      columns: ['what', 'median', 'worst'],
      rows: [
        ['the channel is opened, script and styles included, until its end is shown', ...both(opened)],
        ['scrolling up, until older messages stand above', ...both(older)],
        ['somebody says something, until an open page shows it', ...both(seen)],
      ],
      notes: ['Browser, page server and local Slack share the machine; the last row includes asking the browser.'],
    };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await slack.close();
  }
}

const both = (times: readonly number[]): string[] => [ms(median(times)), ms(Math.max(...times))];

/** In the page: from the top of the list, until what was above it is drawn, ten times. */
async function scrollUp(): Promise<number[]> {
  const times: number[] = [];
  const list = document.querySelector('.main .messages');
  const older = () => list?.querySelector('[data-more="older"]')?.getAttribute('href');
  for (let round = 0; list && round < 10; round += 1) {
    const before = older();
    const began = performance.now();
    list.scrollTop = list.scrollTop > 0 ? 0 : 1;
    while (older() === before) await new Promise((resolve) => requestAnimationFrame(resolve));
    times.push(performance.now() - began);
  }
  return times;
}

/** In the page: when these words are drawn, by the clock of the machine. */
async function shownAt(words: string): Promise<number> {
  while (!document.querySelector('.main .messages')?.lastElementChild?.textContent?.includes(words))
    await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.timeOrigin + performance.now();
}
