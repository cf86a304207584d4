// npm run screenshots              the pictures of the README, into docs/images
// npm run screenshots -- <folder>  these and all others, to look at
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { diskFolder } from '../support/scratch.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LARGEST = 200_000;

await main(process.argv[2]);

async function main(folder: string | undefined): Promise<void> {
  const data = await diskFolder('screenshots');
  const port = 3_900 + (process.pid % 90);
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    cwd: data,
    env: {
      PATH: process.env.PATH,
      HOME: data,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      PORT: String(port),
      DATA_DIR: join(data, 'data'),
      LOG_LEVEL: 'warn',
    },
    stdio: 'inherit',
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const origin = `http://localhost:${port}`;
    await serving(origin);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 });
    const into = folder ?? join(ROOT, 'docs/images');
    await mkdir(into, { recursive: true });
    await story(page, origin, (name, isOfReadme = false) =>
      folder || isOfReadme ? shoot(page, join(into, name)) : undefined,
    );
  } finally {
    await browser.close();
    child.kill('SIGTERM');
    await gone;
    await rm(data, { recursive: true, force: true });
  }
}

async function serving(origin: string): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    const isReady = await fetch(`${origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The bot did not come up within a minute.');
}

type Shoot = (name: string, isOfReadme?: boolean) => Promise<void> | undefined;

/** The guided story, looked at where there is most to see. */
async function story(page: Page, origin: string, shoot: Shoot): Promise<void> {
  await page.goto(`${origin}/sandbox/oncall/general`);
  await shoot('first-look');
  await page.locator('.main textarea').fill('/incident declare');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Declare' }).click();
  await page.locator('.error').waitFor();
  await shoot('form');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Story', exact: true }).click();
  const next = page.getByRole('button', { name: 'Next', exact: true });
  const told = page.locator('.told');
  while (!/update|Update/.test((await told.textContent()) ?? '')) {
    await next.click();
    await page.locator('.story:not(:has([aria-busy]))').waitFor();
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('link', { name: 'Go there' }).click();
  await page.locator('.message.pinned').scrollIntoViewIfNeeded();
  await page.locator('.main .messages').evaluate((list) => {
    const card = list.querySelector('.message.pinned');
    if (card) list.scrollTop += card.getBoundingClientRect().top - list.getBoundingClientRect().top;
  });
  await rest(page);
  await shoot('incident', true);
  await page.locator('.message.pinned .replies').click();
  await page.locator('.pane').waitFor();
  await rest(page);
  await shoot('thread');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'To the end' }).click();
  await page.getByRole('button', { name: 'Once more' }).waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Hide the story' }).click();
  await page.getByRole('link', { name: 'Open the whole file' }).last().click();
  await page.locator('.whole').waitFor();
  await rest(page);
  await shoot('draft', true);
  await page.goto(`${origin}/sandbox/oncall/home`);
  await rest(page);
  await shoot('home');
  await page.goto(`${origin}/sandbox/inspector`);
  await rest(page);
  await shoot('inspector', true);
}

/** Nothing under the mouse, no sentence over the page. */
async function rest(page: Page): Promise<void> {
  await page.mouse.move(300, 20);
  await page.locator('#notice p').waitFor({ state: 'detached', timeout: 15_000 });
}

async function shoot(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await devtools.detach();
  const picture = Buffer.from(data, 'base64');
  if (picture.byteLength > LARGEST) throw new Error(`${path} has ${picture.byteLength} bytes: too many for a README.`);
  await writeFile(`${path}.webp`, picture);
  console.log(`${path}.webp ${Math.round(picture.byteLength / 1_000)} kB`);
}
