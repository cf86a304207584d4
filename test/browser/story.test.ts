import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Db } from '../../src/db/tables.ts';
import { runProcess } from '../journeys/process.ts';
import { testDatabase } from '../support/database.ts';
import { expectAccessible, expectNoOverflow, NARROW, noTroubles, openWindow, testInBrowser, WIDE } from './chromium.ts';

const dialog = (page: Page) => page.getByRole('dialog');
const running = (page: Page) => page.locator('.state', { hasText: 'Running as process' }).waitFor();
const card = (page: Page, hasText: string | RegExp) => page.locator('.message.pinned', { hasText });
const button = (page: Page, name: string) => page.locator('.main').getByRole('button', { name, exact: true }).last();

async function say(page: Page, words: string): Promise<void> {
  const composer = page.locator('.main textarea[data-draft]');
  await composer.fill(words);
  await composer.press('Enter');
}

/** Declares by the form, and comes to the channel by the link that the form turns into. */
async function declare(page: Page, title: string): Promise<void> {
  await say(page, '/incident declare');
  await dialog(page).getByRole('button', { name: 'Declare' }).click();
  await page.getByText('Please complete this required field.').waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
  await expectAccessible(page);
  await expectNoOverflow(page);
  await dialog(page).getByLabel('Title').fill(title);
  await dialog(page).getByLabel('Severity').selectOption('SEV1');
  await dialog(page).getByLabel('What do users feel?').fill('Nobody can pay');
  await dialog(page).getByLabel('Title').press('Enter');
  await dialog(page)
    .getByRole('link', { name: /^#inc-/ })
    .click();
  await page.locator('.head h1', { hasText: 'inc-' }).waitFor();
  await page.locator('.message.pinned').waitFor();
}

/** To each next timer, until the update is due. Its reminder must be there before one more step: the rung after it takes Snooze away. */
async function untilReminded(page: Page, title: string, db: Db): Promise<void> {
  const incident = () =>
    db.selectFrom('incidents').select(['id', 'promiseRung']).where('title', '=', title).executeTakeFirstOrThrow();
  for (let { id, promiseRung } = await incident(); promiseRung !== 'due'; { promiseRung } = await incident()) {
    const answered = page.waitForResponse((one) => one.url().endsWith('/controls/clock'));
    await page.getByRole('button', { name: 'Next reminder' }).click();
    const isOurs = (await (await answered).text()).includes(`Here is the next update of INC-${id}.`);
    await page.locator('.clock:not(:has([aria-busy]))').waitFor();
    while (isOurs && (await incident()).promiseRung === promiseRung) await sleep(20);
  }
}

async function wholeStory(page: Page, origin: string, title: string, db: Db): Promise<void> {
  await page.goto(`${origin}/sandbox`);
  await declare(page, title);
  await button(page, "I'm IC").click();
  await page.getByText('has command').first().waitFor();
  await card(page, /Incident Commander\s*Olivia Oncall/).waitFor();
  await expectAccessible(page);
  await expectNoOverflow(page);

  await button(page, 'Post update').click();
  await dialog(page).getByLabel('What is happening?').fill('Two leads:\n*card network* and the last deploy');
  await dialog(page).getByRole('button', { name: 'Post' }).click();
  await page.locator('.message', { hasText: '[UPDATE' }).last().waitFor();

  await untilReminded(page, title, db);
  const snooze = page.locator('.main').getByRole('button', { name: 'Snooze 10 min' });
  await snooze.last().click();
  await snooze.waitFor({ state: 'detached' });

  await button(page, 'Resolve').click();
  await dialog(page).getByLabel('What fixed it?').fill('Rolled back the deploy');
  await dialog(page).getByRole('button', { name: 'Resolve' }).click();
  await page.getByRole('link', { name: 'Open the whole file' }).last().click();
  await page
    .locator('.pane')
    .getByRole('heading', { name: /Postmortem draft/ })
    .waitFor();
  await expectNoOverflow(page);
  await page.keyboard.press('Escape');
  await page.locator('.pane').waitFor({ state: 'detached' });
  await card(page, 'Postmortem').getByRole('link', { name: 'draft', exact: true }).click();
  const draft = page.locator('.message.target').getByText('Postmortem draft:');
  await draft.waitFor();
  expect((await draft.boundingBox())?.y).toBeGreaterThan(0);
}

testInBrowser(
  'at both widths a newcomer declares, commands, updates, is reminded, snoozes, resolves and reads the draft; the bot may die meanwhile',
  async () => {
    const database = await testDatabase();
    const child = await runProcess({ DATABASE_URL: database.url });
    const origin = (await child.origin) ?? '';
    expect(`${origin}${child.err()}`).toMatch(/^http/);

    const wide = await openWindow({ viewport: WIDE });
    await wide.goto(`${origin}/sandbox/inspector`);
    await running(wide);
    await wholeStory(wide, origin, 'checkout is down', database.db);
    const narrow = await openWindow({ viewport: NARROW, hasTouch: true, isMobile: true, colorScheme: 'dark' });
    await wholeStory(narrow, origin, 'search is slow', database.db);

    await wide.goto(`${origin}/sandbox/oncall/home`);
    await wide.getByRole('button', { name: 'Declare' }).waitFor();
    await expectAccessible(wide);
    await wide.setViewportSize({ width: 1280, height: 300 });
    await wide.reload();
    const home = await wide
      .locator('.main .messages')
      .evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({ scrollTop, isLong: scrollHeight > clientHeight }));
    expect(home).toEqual({ scrollTop: 0, isLong: true });
    await wide.setViewportSize(WIDE);

    await wide.getByRole('link', { name: 'Inspector' }).click();
    await wide.locator('.line', { hasText: 'chat.postMessage' }).first().getByRole('link').click();
    await wide.getByRole('heading', { name: 'The bot asks' }).waitFor();
    await expectAccessible(wide);
    await wide.getByRole('switch', { name: 'Duplicate deliveries' }).click();
    await narrow.getByRole('link', { name: /Inspector 1 bad days on/ }).waitFor();
    await wide.getByRole('button', { name: 'All off' }).click();
    await wide.getByRole('button', { name: 'Kill', exact: true }).click();
    await wide.locator('.state', { hasText: 'It was killed by hand' }).waitFor();
    await narrow.getByRole('button', { name: 'Start bot' }).waitFor();
    await say(narrow, '/incident list');
    await narrow.getByText('/incident failed because the app did not respond').waitFor();
    await wide.getByRole('button', { name: 'Start it', exact: true }).click();
    await running(wide);
    await say(narrow, '/incident list');
    await narrow.locator('.whisper', { hasText: 'No incident is open' }).waitFor();
    await wide.getByRole('link', { name: 'Back to Slack' }).click();
    await wide.getByRole('button', { name: 'Story', exact: true }).click();
    await wide.getByRole('button', { name: 'Pause' }).click();
    await wide.getByRole('button', { name: 'Next', exact: true }).click();
    await wide.locator('.told', { hasText: /[1-9] \/ \d+/ }).waitFor();
    await narrow.getByRole('button', { name: 'Go on' }).waitFor();
    await expectNoOverflow(narrow);
    noTroubles();
  },
  120_000,
);
