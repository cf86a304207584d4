import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';

/** An app whose `/incident form` opens a form with everything the pages can show in one, and more forms above it. */
export function formsApp() {
  let redraw = async () => {};
  let dangers = 0;
  let submitted: unknown = null;
  return {
    /** The app draws the open form again. */
    redraw: () => redraw(),
    dangers: () => dangers,
    submitted: () => submitted,
    listen: (app: App) => {
      app.command('/incident', async ({ ack, client, body }) => {
        await ack();
        const { view } = await client.views.open({ trigger_id: body.trigger_id, view: form() });
        const id = view?.id ?? '';
        redraw = async () => void (await client.views.update({ view_id: id, view: form('drawn again') }));
      });
      app.options('service', async ({ ack, payload }) => {
        const offered = ['payments', 'search'].filter((name) => name.startsWith(payload.value));
        await ack({ options: offered.map((value) => ({ text: text(value), value })) });
      });
      app.action('deeper', async ({ ack, client, body }) => {
        await ack();
        if (body.type === 'block_actions') await deeper(client, body.trigger_id, body.view?.title.text ?? '');
      });
      app.action('danger', async ({ ack }) => {
        await ack();
        dangers += 1;
      });
      app.view('form', async ({ ack, view }) => {
        submitted = view.state.values;
        await ack();
      });
    },
  };
}

const text = (words: string) => ({ type: 'plain_text' as const, text: words });

const buttons = {
  type: 'actions' as const,
  block_id: 'buttons',
  elements: [
    { type: 'button' as const, action_id: 'deeper', text: text('Deeper') },
    {
      type: 'button' as const,
      action_id: 'danger',
      style: 'danger' as const,
      text: text('Danger'),
      confirm: { title: text('Sure?'), text: text('Really?'), confirm: text('Yes'), deny: text('No') },
    },
  ],
};

const form = (said = 'as it was opened') => ({
  type: 'modal' as const,
  callback_id: 'form',
  title: text('A form'),
  submit: text('Go'),
  blocks: [
    { type: 'section' as const, text: text(said) },
    input('Name', 'name', { type: 'plain_text_input' as const, action_id: 'name' }),
    input('People', 'people', { type: 'multi_users_select' as const, action_id: 'people' }),
    input('Service', 'service', { type: 'external_select' as const, action_id: 'service', min_query_length: 0 }),
    buttons,
  ],
});

const input = <E>(label: string, block_id: string, element: E) => ({
  type: 'input' as const,
  block_id,
  label: text(label),
  element,
});

async function deeper(client: WebClient, trigger: string, title: string): Promise<void> {
  const level = title === 'A form' ? 2 : 3;
  await client.views.push({
    trigger_id: trigger,
    view: { type: 'modal', title: text(`Level ${level}`), blocks: [buttons] },
  });
}
