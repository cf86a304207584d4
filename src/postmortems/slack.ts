import type { Deps } from '../deps.ts';
import { worded } from '../incidents/refusals.ts';
import { locate } from '../incidents/transactions.ts';
import type { Call, Listeners } from '../slack/listeners.ts';
import { askForDraft } from './transactions.ts';

/** What is heard about postmortems. */
export function postmortemListeners(deps: Deps): Listeners {
  return { verbs: { postmortem: (call) => postmortem(deps, call) } };
}

async function postmortem(deps: Deps, call: Call) {
  const found = await locate(deps, call, 'postmortem');
  if (!found.ok) return { say: worded(found.no) };
  const asked = await askForDraft(
    deps,
    found.value.incident.id,
    { identity: call.intent, by: call.user },
    call.channel,
  );
  return asked.answer ? { say: asked.answer } : { silent: true as const };
}
