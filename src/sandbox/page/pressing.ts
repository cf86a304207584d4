import { act as actOn } from '../acts.ts';
import { isJson } from '../check.ts';
import { elementsOf } from '../judge.ts';
import { optionsOf } from '../judge-elements.ts';
import { objects } from '../method.ts';
import { modalOf, setState, suggestions } from '../modal.ts';
import type { Source } from '../payloads.ts';
import { stackOf } from '../views.ts';
import type { Json, View } from '../world.ts';
import type { Doer, Done } from './doer.ts';
import { confirmOf } from './elements.ts';
import { hasState, nameOf, stateOf, textOf } from './fields.ts';
import type { Sent } from './form-data.ts';
import { optionValue } from './picks.ts';

/** Buttons, menus, selects and forms. */

/** `press` names block and action, and the option of an overflow menu. */
export async function press(doer: Doer, sent: Sent): Promise<Done> {
  const { stage, member, base, back } = doer;
  const source = sourceOf(doer, sent);
  if (!source) return { kind: 'say', notice: whyNothing(doer, sent) };
  if (source.kind === 'view') takeValues(doer, source.view, sent);
  const pressed = sent.one('press');
  const [blockId, actionId, option] = pressed.split('|').map(decodeURIComponent);
  const block = blocksOf(source).find((one) => one.block_id === blockId);
  const element = block && elementsOf(block).find((one) => one.action_id === actionId);
  if (!block || !element) return { kind: 'say', notice: 'That button is gone: the message has changed.' };
  const confirm = confirmOf(element);
  if (confirm && !sent.has('confirmed')) {
    const fields = { back, press: pressed, confirmed: '1', ...placeIn(sent) };
    return { kind: 'ask', ask: { ...wordsOf(confirm), action: `${base}/do/press`, fields } };
  }
  const action = actionOf(doer, source, block, element, option, sent);
  const says = textOf(element.text) || textOf(element.placeholder) || String(actionId);
  stage.world.journal.record({ kind: 'act', who: member.handle, what: `clicks "${says}"` });
  const { outcome } = await actOn(stage, member, source, block, action);
  if (outcome === 'acked') return { kind: 'back' };
  return { kind: 'say', notice: `${stage.world.manifest.appName} did not answer (${outcome}). Try again.` };
}

type Suggestion = { readonly value: string; readonly text: string; readonly about: string };

/** What the app offers for what was typed so far. Nothing when it does not answer, as in Slack. */
export async function suggestionsFor(doer: Doer, sent: Sent): Promise<Suggestion[]> {
  const view = viewIn(doer, sent);
  const [blockId, actionId] = sent.one('name').split('|').map(decodeURIComponent);
  const block = view && objects(view.body.blocks).find((one) => one.block_id === blockId);
  const element = block && elementsOf(block).find((one) => one.action_id === actionId);
  if (!view || !block || !element) return [];
  const offered = await suggestions(doer.stage, doer.member, view, block, element, sent.one('typed'));
  return offered.map((option) => ({
    value: optionValue(option),
    text: textOf(option.text),
    about: textOf(option.description),
  }));
}

const placeIn = (sent: Sent): Record<string, string> =>
  Object.fromEntries(['in', 'ts', 'view', 'value'].flatMap((name) => (sent.has(name) ? [[name, sent.one(name)]] : [])));

const wordsOf = (confirm: Json) => ({
  title: textOf(confirm.title),
  text: textOf(confirm.text),
  confirm: textOf(confirm.confirm) || 'Yes',
  deny: textOf(confirm.deny) || 'No',
  isDanger: confirm.style === 'danger',
});

/** Only what this person can see now. */
function sourceOf({ stage: { world }, member }: Doer, sent: Sent): Source | null {
  if (sent.has('view')) {
    const home = world.homes.get(member.id);
    const view = [...stackOf(world, member.id), ...(home ? [home] : [])].find((one) => one.id === sent.one('view'));
    return view ? { kind: 'view', view } : null;
  }
  const channel = world.channels.get(sent.one('in'));
  const ts = sent.one('ts');
  const ephemeral = world.ephemerals.find((one) => one.ts === ts && one.to === member.id);
  if (!channel?.members.has(member.id)) return null;
  if (ephemeral) return { kind: 'ephemeral', channel, ephemeral };
  const message = channel.messages.get(ts);
  return message ? { kind: 'message', channel, message } : null;
}

function whyNothing({ stage: { world }, member }: Doer, sent: Sent): string {
  const channel = world.channels.get(sent.one('in'));
  const isOutside = channel?.kind === 'public' && !channel.members.has(member.id);
  return isOutside ? `Join #${channel.name} first.` : 'That is no longer there.';
}

function blocksOf(source: Source): Json[] {
  if (source.kind === 'view') return objects(source.view.body.blocks);
  return source.kind === 'message' ? source.message.blocks : source.ephemeral.blocks;
}

function actionOf(
  doer: Doer,
  source: Source,
  block: Json,
  element: Json,
  option: string | undefined,
  sent: Sent,
): Json {
  const { type, action_id, text, value, url } = element;
  if (type === 'overflow')
    return { type, action_id, selected_option: optionsOf(element).find((o) => o.value === option) };
  if (type === 'button')
    return { type, action_id, text, ...(value !== undefined && { value }), ...(url !== undefined && { url }) };
  const name = source.kind === 'view' ? nameOf(block, element) : 'value';
  return { ...stateOf(doer.stage.world, element, sent.all(name)), action_id };
}

export async function submitForm(doer: Doer, sent: Sent): Promise<Done> {
  const { stage, member } = doer;
  const view = viewIn(doer, sent);
  if (!view) return { kind: 'say', notice: 'That form was closed.' };
  takeValues(doer, view, sent);
  const { outcome } = await modalOf(stage, member, view).submit();
  const isHeard = outcome === 'acked' || outcome === 'incomplete';
  return isHeard ? { kind: 'back' } : { kind: 'say', notice: 'We had some trouble connecting. Try again?' };
}

export async function closeForm(doer: Doer, sent: Sent): Promise<Done> {
  const view = viewIn(doer, sent);
  if (view) await modalOf(doer.stage, doer.member, view).close(sent.has('all') ? 'all' : undefined);
  return { kind: 'back' };
}

const viewIn = ({ stage, member }: Doer, sent: Sent): View | undefined =>
  stackOf(stage.world, member.id).find((view) => view.id === sent.one('view'));

/** The whole form comes with every click in it, so that nothing typed is lost when the app redraws it. */
function takeValues({ stage }: Doer, view: View, sent: Sent): void {
  for (const block of objects(view.body.blocks)) {
    for (const element of elementsOf(block)) {
      if (isJson(element) && hasState(element)) {
        setState(view, block, element, stateOf(stage.world, element, sent.all(nameOf(block, element))));
      }
    }
  }
}
