import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { client } from '../sandbox/client.ts';
import {
  besides,
  expectAccessible,
  expectNoOverflow,
  NARROW,
  noTroubles,
  openWindow,
  testInBrowser,
} from './chromium.ts';
import { formsApp } from './forms-app.ts';
import { openPages } from './pages.ts';

const composer = (page: Page) => page.locator('.main textarea[data-draft]');
const options = (page: Page) => page.locator('.main .suggestions [role="option"]');

testInBrowser(
  'one types with suggestions of commands, people, channels and emoji, sends with Enter, breaks with Shift, edits with Up',
  async () => {
    const { slack, origin } = await openPages();
    const page = await openWindow();
    await page.goto(`${origin}/sandbox/oncall/general`);
    await page.keyboard.type('/inci');
    await options(page).first().waitFor();
    const all = await options(page).count();
    expect(all).toBeGreaterThan(15);
    await expectAccessible(page);
    await page.keyboard.type('dent res');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('[aria-selected="true"]').getAttribute('data-fill')).toBe('/incident resolve ');
    await page.keyboard.press('Escape');
    expect(await options(page).first().isVisible()).toBe(false);
    await composer(page).fill('');
    await page.keyboard.type('@cas');
    await page.keyboard.press('Tab');
    await page.keyboard.type('see #inci');
    await page.keyboard.press('Enter');
    await page.keyboard.type(':fire_e');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    expect(await composer(page).inputValue()).toBe('@comms see #incidents :fire_engine: \nsecond line');
    await page.keyboard.press('Enter');
    await page.locator('.message .text', { hasText: 'second line' }).waitFor();
    expect(await page.locator('.message').last().locator('.text').textContent()).toBe(
      '@Casey Comms see #incidents 🚒 second line',
    );
    await page.keyboard.press('ArrowUp');
    const edited = page.getByLabel('Edit message');
    await edited.fill('shorter');
    await edited.press('Enter');
    await page.getByText('(edited)').waitFor();
    expect(slack.channel('general').posts.at(-1)?.text).toBe('shorter');
    noTroubles();
  },
);

testInBrowser(
  'what is long is folded, what is too long is kept in the field, and markup in it is nothing but text',
  async () => {
    const { slack, origin } = await openPages();
    const page = await openWindow({ viewport: NARROW });
    page.on('dialog', () => expect('a script of a message').toBe('inert'));
    await page.goto(`${origin}/sandbox/oncall/general`);
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">x</a> ';
    const pasted = (evil + 'word '.repeat(8_000)).slice(0, 40_000);
    await composer(page).fill(`${pasted}x`);
    await composer(page).press('Enter');
    await page.getByText('too long by 1 character').waitFor();
    expect((await composer(page).inputValue()).length).toBe(40_001);
    await composer(page).fill(pasted);
    await composer(page).press('Enter');
    const more = page.getByRole('button', { name: 'Show more' });
    await more.waitFor();
    expect(slack.channel('general').posts.at(-1)?.text.length).toBeGreaterThanOrEqual(40_000);
    const fold = page.locator('.fold .text');
    expect((await fold.boundingBox())?.height).toBeLessThan(400);
    await more.click();
    expect((await fold.boundingBox())?.height).toBeGreaterThan(2_000);
    const then = '<!date^1790000000^{date_num} {time}|then>';
    await client(slack).chat.postMessage({ channel: slack.channel('general').id, text: `somebody else, ${then}` });
    await page.getByText('somebody else, 2026-09-21 10:13 AM').waitFor();
    expect(await page.getByRole('button', { name: 'Show less' }).count()).toBe(1);
    expect(await fold.textContent()).toContain('<img src=x onerror=alert(1)><script>');
    await expectNoOverflow(page);
    noTroubles();
  },
);

testInBrowser(
  'a page whose server goes away says so, comes back by itself and catches up without being loaded again',
  async () => {
    const { slack, origin, vanish } = await openPages();
    const page = await openWindow();
    const second = await besides(page);
    await page.goto(`${origin}/sandbox/oncall/general`);
    await second.goto(`${origin}/sandbox/exec/general`);
    await page.evaluate(() => document.body.setAttribute('data-arrived', 'once'));
    await composer(page).fill('half a sentence');
    const back = await vanish();
    await page.getByText('Connection lost').waitFor();
    await second.getByText('Connection lost').waitFor();
    slack.person('comms').says('said meanwhile', { in: 'general' });
    await back();
    for (const one of [page, second]) {
      await one.getByText('said meanwhile').waitFor();
      await one.getByText('Connection lost').waitFor({ state: 'hidden' });
    }
    expect(await page.evaluate(() => document.body.dataset.arrived)).toBe('once');
    expect(await composer(page).inputValue()).toBe('half a sentence');
    noTroubles(/ERR_|Failed to load/);
  },
);

testInBrowser(
  'two windows act at once: each sees the other’s doing, and a form sent in one is gone from the other',
  async () => {
    const { slack, origin } = await openPages(formsApp().listen);
    const said = slack.person('exec').says('lunch?', { in: 'general' });
    const one = await openWindow();
    const two = await besides(one);
    await one.goto(`${origin}/sandbox/oncall/general`);
    await two.goto(`${origin}/sandbox/oncall/general`);
    await Promise.all([one, two].map((page, i) => page.locator('.tools .quick').nth(i).dispatchEvent('click')));
    for (const page of [one, two]) await page.locator('.reaction').nth(1).waitFor();
    expect(slack.channel('general').posts.find((m) => m.ts === said.ts)?.reactions).toHaveLength(2);
    await composer(one).fill('/incident form');
    await composer(one).press('Enter');
    await two.getByRole('dialog').getByLabel('Name').fill('from the second');
    await one.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await two.getByRole('dialog').waitFor({ state: 'detached' });
    noTroubles();
  },
);

testInBrowser(
  'forms hold lists to search and choose several from, stand three deep, ask before they act, and keep what was typed when the app redraws them',
  async () => {
    const app = formsApp();
    const { slack, origin } = await openPages(app.listen);
    const page = await openWindow({ viewport: NARROW });
    await page.goto(`${origin}/sandbox/oncall/general`);
    await composer(page).fill('/incident form');
    await composer(page).press('Enter');
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('typed');
    await form.getByLabel('People').click();
    await page.keyboard.type('cas');
    await page.keyboard.press('Enter');
    await page.keyboard.type('erin');
    await page.keyboard.press('Enter');
    await form.getByLabel('Service').fill('pay');
    await form.getByRole('option', { name: 'payments' }).click();
    await expectAccessible(page);
    await expectNoOverflow(page);
    await app.redraw();
    await form.getByText('drawn again').waitFor();
    expect(await form.getByLabel('Name').inputValue()).toBe('typed');
    await form.getByRole('button', { name: 'Deeper' }).click();
    await form.getByRole('heading', { name: 'Level 2' }).waitFor();
    await form.getByRole('button', { name: 'Deeper' }).click();
    await form.getByRole('heading', { name: 'Level 3' }).waitFor();
    await form.getByRole('button', { name: 'Back' }).click();
    await form.getByRole('heading', { name: 'Level 2' }).waitFor();
    await form.getByRole('button', { name: 'Back' }).click();
    await form.getByRole('button', { name: 'Danger' }).click();
    await page.getByRole('alertdialog').getByText('Really?').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(app.dangers()).toBe(0);
    await form.getByRole('button', { name: 'Go', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    expect(app.submitted()).toMatchObject({
      name: { name: { value: 'typed' } },
      people: { people: { selected_users: [slack.person('comms').id, slack.person('exec').id] } },
      service: { service: { selected_option: { value: 'payments' } } },
    });
    noTroubles();
  },
);

testInBrowser('people attach files, open channels, react with any emoji and walk menus by keyboard', async () => {
  const { slack, origin } = await openPages();
  const page = await openWindow();
  await page.goto(`${origin}/sandbox/oncall/general`);
  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  await page.locator('.main [data-files]').setInputFiles([
    { name: 'plan.md', mimeType: 'text/markdown', buffer: Buffer.from('# The **plan**') },
    { name: 'dot.png', mimeType: 'image/png', buffer: pixel },
  ]);
  await composer(page).press('Enter');
  await page.locator('.file h3', { hasText: 'The plan' }).waitFor();
  expect(await page.locator('.picture img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  await page.locator('.message').last().hover();
  await page.locator('.message').last().getByRole('button', { name: 'Add reaction' }).first().click();
  await page.keyboard.type('rocket');
  await page.locator('.emoji-picker button:visible').click();
  await page.locator('.reaction', { hasText: '🚀' }).waitFor();
  await page.locator('.message').last().locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.message.pinned').waitFor();
  await page.getByRole('link', { name: 'Add a channel' }).click();
  await page.getByLabel('Name').fill('general');
  await page.getByLabel('Name').press('Enter');
  await page.getByText('already taken').or(page.getByText('name_taken')).first().waitFor();
  await page.getByLabel('Name').fill('War room');
  await page.getByLabel('Private').check();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.locator('.head h1', { hasText: 'war-room' }).waitFor();
  expect(slack.channel('war-room').members).toEqual(['oncall']);
  noTroubles();
});

testInBrowser('a long channel opens at its end and goes on as one scrolls, up and down', async () => {
  const { slack, origin } = await openPages();
  for (let n = 0; n < 420; n += 1) slack.person(n % 7 ? 'oncall' : 'exec').says(`line ${n}.`, { in: 'general' });
  const page = await openWindow();
  await page.goto(`${origin}/sandbox/comms/general`);
  await page.getByText('line 419.').waitFor();
  const list = page.locator('.main .messages');
  for (let i = 0; i < 40 && (await page.getByText('line 0.').count()) === 0; i += 1) {
    const before = await list.evaluate((one) => {
      one.scrollTop = 0;
      return one.querySelector('[data-more="older"]')?.getAttribute('href') ?? '';
    });
    if (before) await page.locator(`[data-more="older"][href="${before}"]`).waitFor({ state: 'detached' });
  }
  expect(await page.getByText('line 0.').count()).toBe(1);
  expect(await page.locator('.message').count()).toBeLessThan(320);
  await page.getByRole('link', { name: 'Jump to the newest' }).click();
  await page.getByText('line 419.').waitFor();
  expect(await list.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)).toBeLessThan(60);
  noTroubles();
});
