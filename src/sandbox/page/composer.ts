import { html, raw } from 'hono/html';
import { cardOf, verbNames } from '../../slack/command.ts';
import type { Channel } from '../world.ts';
import { type Html, hidden } from './html.ts';
import { act, type Look } from './look.ts';

/** Where one types: messages, and commands beginning with a slash. */
export function composerHtml(look: Look, channel: Channel, thread: string | null): Html {
  const { world, me } = look;
  if (channel.archived) return html`<p class="closed">#${channel.name} is archived.</p>`;
  if (!channel.members.has(me.id)) return joinBar(look, channel);
  const id = `composer-${me.handle}-${thread ?? channel.id}`;
  const target = channel.kind === 'im' ? world.manifest.appName : `#${channel.name}`;
  const label = thread ? 'Reply…' : `Message ${target}`;
  return html`<form method="post" action="${act(look, 'send')}" class="composer" id="form-${id}">
    ${hidden({ back: look.here, in: channel.id, ...(thread && { thread }) })}
    ${thread ? '' : suggestions(look)}
    <textarea name="text" id="${id}" rows="1" placeholder="${label}" aria-label="${label}" data-enter data-draft ${thread ? '' : raw('data-commands')} autocomplete="off"></textarea>
    <div class="bar">${thread ? broadcastBox(channel) : shortcutMenu(look)}<span class="keys">${thread ? '' : 'Type / for commands. Enter sends, Shift + Enter breaks the line'}</span><button class="button primary send" aria-label="Send">Send</button></div>
  </form>`;
}

const joinBar = (
  look: Look,
  channel: Channel,
): Html => html`<form method="post" action="${act(look, 'join')}" class="joining">
  ${hidden({ back: look.here, in: channel.id })}<p>You are looking at <strong>#${channel.name}</strong>.</p><button class="button primary">Join channel</button></form>`;

const broadcastBox = (channel: Channel): Html =>
  channel.kind === 'im'
    ? html``
    : html`<label class="broadcast"><input type="checkbox" name="broadcast" value="1"> Also send to #${channel.name}</label>`;

/** Shown while a command is being typed; the script picks what fits. */
function suggestions(look: Look): Html {
  const commands = [...look.world.manifest.commands];
  return html`<ul class="suggestions" role="listbox" aria-label="Commands" hidden data-client>${commands.map(
    ([command, { description, usageHint }]) => html`${command === '/incident' ? verbs(command) : ''}
      ${command === '/incident' ? '' : html`<li role="option" data-fill="${command} "><strong>${command}</strong> ${usageHint} <small>${description}</small></li>`}`,
  )}</ul>`;
}

const verbs = (command: string): Html =>
  html`${verbNames.map((verb) => {
    const { usage, does } = cardOf(verb);
    const [word = '', ...rest] = usage.split(' ');
    return html`<li role="option" data-fill="${command} ${word} "><strong>${command} ${word}</strong> <span>${rest.join(' ')}</span><small>${does}</small></li>`;
  })}`;

function shortcutMenu(look: Look): Html {
  const { manifest } = look.world;
  const shortcuts = manifest.shortcuts.filter((s) => s.type === 'global');
  return html`<details class="menu up"><summary class="button quiet" aria-label="Shortcuts and commands" title="Shortcuts and commands">⚡</summary><div class="items">
    ${shortcuts.map((s) => html`<button name="shortcut" value="${s.callbackId}" formaction="${act(look, 'shortcut')}">⚡ ${s.name} <small>${manifest.appName}</small></button>`)}
    <button type="button" data-slash>/ Commands of ${manifest.appName}</button></div></details>`;
}
