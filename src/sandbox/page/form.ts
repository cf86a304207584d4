import { html, raw } from 'hono/html';
import { isJson } from '../check.ts';
import { objects } from '../method.ts';
import { stackOf } from '../views.ts';
import type { Json, View } from '../world.ts';
import { blockHtml } from './blocks.ts';
import { attribute, type Place } from './elements.ts';
import { field, nameOf, textOf } from './fields.ts';
import { type Html, hidden, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { act, type Look } from './look.ts';

/** The modal on top of this person's stack. */
export function formHtml(look: Look): Html {
  const stack = stackOf(look.world, look.me.id);
  const view = stack.at(-1);
  if (!view) return NOTHING;
  const { body } = view;
  const place: Place = { kind: 'view', form: `form-${view.id}`, values: view.values };
  return html`<div class="veil"><div class="modal" id="modal-${view.id}" role="dialog" aria-modal="true" aria-labelledby="title-${view.id}">
    <form method="post" action="${act(look, 'submit')}" id="form-${view.id}" novalidate>
      ${hidden({ back: look.here, view: view.id })}
      <button class="default" tabindex="-1" aria-hidden="true" ${body.submit ? '' : raw('disabled')}></button>
      <header>${stack.length > 1 ? html`<button class="close back" formaction="${act(look, 'close')}" formnovalidate aria-label="Back">${icon('back')}</button>` : ''}<h2 id="title-${view.id}">${textOf(body.title)}</h2>
        <button class="close" formaction="${act(look, 'close')}" formnovalidate name="all" value="all" aria-label="Close" data-close>${icon('close')}</button></header>
      <div class="fields-of-form" tabindex="-1">${objects(body.blocks).map((block) =>
        block.type === 'input' ? inputHtml(look, view, block) : blockHtml(look, place, block),
      )}</div>
      <footer>${look.notice && stack.length > 0 ? html`<p class="trouble" role="alert">${look.notice}</p>` : ''}
        <button class="button" formaction="${act(look, 'close')}" formnovalidate>${textOf(body.close) || 'Cancel'}</button>
        ${body.submit ? html`<button class="button primary">${textOf(body.submit)}</button>` : ''}</footer>
    </form></div></div>`;
}

function inputHtml(look: Look, view: View, block: Json): Html {
  if (!isJson(block.element)) return NOTHING;
  const name = nameOf(block, block.element);
  const id = attribute(`f-${view.id}-${name}`);
  const state = view.values[String(block.block_id)]?.[String(block.element.action_id)] ?? {};
  const error = view.errors[String(block.block_id)];
  const hint = textOf(block.hint);
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const isGroup = ['checkboxes', 'radio_buttons'].includes(String(block.element.type));
  const attributes = [
    `id="${id}"`,
    isGroup ? `aria-labelledby="${id}-label"` : '',
    about && `aria-describedby="${about}"`,
    error && !isGroup ? 'aria-invalid="true"' : '',
    block.element.focus_on_load === true ? 'autofocus' : '',
    block.dispatch_action === true ? `data-press="${attribute(name)}"` : '',
  ];
  const optional = block.optional === true ? html` <small>(optional)</small>` : '';
  const heading = isGroup
    ? html`<span class="label" id="${raw(id)}-label">${textOf(block.label)}${optional}</span>`
    : html`<label for="${raw(id)}">${textOf(block.label)}${optional}</label>`;
  return html`<div class="input${error ? ' wrong' : ''}">${heading}
    ${field(look, name, block.element, state, attributes.filter(Boolean).join(' '))}
    ${error ? html`<p class="error" id="${raw(id)}-error" role="alert">${error}</p>` : ''}
    ${hint ? html`<p class="hint" id="${raw(id)}-hint">${hint}</p>` : ''}</div>`;
}

/** The published Home tab. */
export function homeHtml(look: Look): Html {
  const view = look.world.homes.get(look.me.id);
  if (!view)
    return html`<div class="empty"><p>This is the Home tab of ${look.world.manifest.appName}. The app has not published anything here for you.</p></div>`;
  const place: Place = { kind: 'view', form: `form-${view.id}`, values: view.values };
  return html`<form method="post" action="${act(look, 'press')}" id="form-${view.id}" class="home blocks">${hidden({ back: look.here, view: view.id })}${objects(
    view.body.blocks,
  ).map((block) => blockHtml(look, place, block))}</form>`;
}
