import { html, raw } from 'hono/html';
import { type Html, hidden, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { type Ask, act, here, type Look } from './look.ts';

/** Slack's own dialogs: a question before something is done, and a new channel. */
export function askHtml(look: Look, ask: Ask): Html {
  return html`<div class="veil"><form method="post" action="${ask.action}" class="modal small" role="alertdialog" aria-modal="true" aria-labelledby="ask-title" aria-describedby="ask-text">
    ${hidden(ask.fields)}<header><h2 id="ask-title">${ask.title}</h2></header><p class="question" id="ask-text">${ask.text}</p>
    <footer><a class="button" href="${look.here}" data-escape>${ask.deny}</a><button class="button ${ask.isDanger ? 'danger' : 'primary'}" ${raw('autofocus')}>${ask.confirm}</button></footer></form></div>`;
}

export function dialogHtml(look: Look): Html {
  if (look.dialog !== 'create-channel') return NOTHING;
  return html`<div class="veil"><form method="post" action="${act(look, 'create')}" class="modal small" id="create-channel" role="dialog" aria-modal="true" aria-labelledby="create-title">
    ${hidden({ back: here(look) })}<header><h2 id="create-title">Create a channel</h2><a class="close" href="${here(look)}" aria-label="Close" data-escape>${icon('close')}</a></header>
    <div class="fields-of-form"><div class="input"><label for="create-name">Name</label><input type="text" name="name" id="create-name" maxlength="80" placeholder="e.g. plan-launch" autocomplete="off" ${raw('autofocus')} aria-describedby="create-hint"><p class="hint" id="create-hint">Lower-case letters, digits, - and _.</p></div>
    <div class="input"><div class="ticks"><label><input type="checkbox" name="private" value="1"><span>Private<small>Only people who are invited can see it.</small></span></label></div></div></div>
    <footer><a class="button" href="${here(look)}">Cancel</a><button class="button primary">Create</button></footer></form></div>`;
}
