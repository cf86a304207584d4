import { html, raw } from 'hono/html';
import type { Channel, Message } from '../world.ts';
import { type Html, hidden } from './html.ts';
import { icon } from './icons.ts';
import { act, here, type Look } from './look.ts';
import { unescaped } from './mrkdwn.ts';

/** Where one types: messages, and commands beginning with a slash. */
export function composerHtml(look: Look, channel: Channel, thread: string | null): Html {
  const { world, me } = look;
  if (channel.archived) return html`<p class="closed">${icon('lock')} #${channel.name} is archived.</p>`;
  if (!channel.members.has(me.id)) return joinBar(look, channel);
  const id = `composer-${me.handle}-${thread ?? channel.id}`;
  const target = channel.kind === 'im' ? world.manifest.appName : `#${channel.name}`;
  const label = thread ? 'Reply…' : `Message ${target}`;
  return html`<form method="post" action="${act(look, 'send')}" class="composer" id="form-${id}" enctype="multipart/form-data">
    ${hidden({ back: look.here, in: channel.id, ...(thread && { thread }) })}
    <ul class="suggestions" id="list-of-${id}" role="listbox" aria-label="Suggestions" tabindex="0" hidden data-client></ul>
    <textarea name="text" id="${id}" rows="1" placeholder="${label}" aria-label="${label}" aria-autocomplete="list" aria-controls="list-of-${id}" data-enter data-draft data-suggest="${thread ? '@#:' : '/@#:'}" autocomplete="off"></textarea>
    <div class="chosen-files" data-client hidden></div>
    <div class="bar-below">
      <label class="button quiet" title="Attach files">${icon('plus')}<span class="unseen">Attach files</span><input type="file" name="files" multiple class="unseen" data-files></label>
      <button type="button" class="button quiet" title="Emoji" aria-label="Emoji" data-emoji="type">${icon('smile')}</button>
      <button type="button" class="button quiet" title="Mention somebody" aria-label="Mention somebody" data-type="@">${icon('at')}</button>
      ${thread ? '' : shortcutMenu(look)}
      ${thread ? broadcastBox(channel) : html`<span class="keys"><b>/</b> for commands · <b>Enter</b> sends · <b>Shift Enter</b> new line</span>`}
      <button class="send" aria-label="Send" title="Send">${icon('send')}</button></div>
  </form>`;
}

const joinBar = (
  look: Look,
  channel: Channel,
): Html => html`<form method="post" action="${act(look, 'join')}" class="joining">
  ${hidden({ back: look.here, in: channel.id })}<p><strong>#${channel.name}</strong></p><button class="button primary">Join channel</button></form>`;

const broadcastBox = (channel: Channel): Html =>
  channel.kind === 'im'
    ? html`<span class="keys"></span>`
    : html`<label class="broadcast"><input type="checkbox" name="broadcast" value="1"><span>Also send to #${channel.name}</span></label>`;

/** Commands and shortcuts, for whoever does not know them yet. */
function shortcutMenu(look: Look): Html {
  const { manifest } = look.world;
  const shortcuts = manifest.shortcuts.filter((s) => s.type === 'global');
  return html`<details class="menu up"><summary class="button quiet" aria-label="Shortcuts and commands" title="Shortcuts and commands">${icon('slash')}</summary><div class="items">
    <p class="heading">${manifest.appName}</p>
    ${shortcuts.map((s) => html`<button name="shortcut" value="${s.callbackId}" formaction="${act(look, 'shortcut')}">${icon('bolt')} ${s.name} <small>shortcut</small></button>`)}
    ${[...manifest.commands.keys()].map((command) => html`<button type="button" data-type="${command} ">${icon('slash')} ${command} <small>all commands</small></button>`)}</div></details>`;
}

export function editForm(look: Look, channel: Channel, message: Message): Html {
  const back = here(look, look.thread ? { thread: look.thread } : {});
  return html`<form method="post" action="${act(look, 'edit')}" class="editing">${hidden({ back, in: channel.id, ts: message.ts })}
    <textarea name="text" rows="3" aria-label="Edit message" ${raw('autofocus')} data-enter>${asTyped(look, message.text)}</textarea>
    <a class="button" href="${back}">Cancel</a><button class="button primary">Save</button></form>`;
}

const asTyped = ({ world }: Look, text: string): string =>
  unescaped(
    text
      .replace(/<@([A-Z0-9]+)>/g, (_, id: string) => `@${world.members.get(id)?.handle ?? id}`)
      .replace(/<#([A-Z0-9]+)>/g, (_, id: string) => `#${world.channels.get(id)?.name ?? id}`)
      .replace(/<!subteam\^[A-Z0-9]+\|([^>]*)>/g, '$1')
      .replace(/<(https?:[^<>|]+)>/g, '$1')
      .replace(/<!(here|channel|everyone)>/g, '@$1'),
  );
