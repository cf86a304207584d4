import { shorten } from '../lib/text.ts';
import { channelLimits } from '../slack/limits.ts';
import { escaped } from '../slack/mrkdwn.ts';
import type { Names } from './card.ts';
import { type Holder, holderOf, type Incident, isDrill, isOpen, ref } from './incident.ts';

/** `SEV1 · investigating · IC Olivia · INC-42 checkout is down`; Slack: at most 250 characters, plain text, here also once escaped. */
export function topic(incident: Incident, holders: readonly Holder[], names: Names): string {
  const ic = holderOf(holders, 'ic');
  const facts = [
    ...(isDrill(incident) ? ['DRILL'] : []),
    incident.severity,
    incident.status,
    ...(ic ? [`IC ${shorten(names.get(ic) ?? ic, 40)}`] : isOpen(incident) ? ['no IC'] : []),
    `${ref(incident)} ${incident.title}`,
  ].join(' · ');
  for (let max: number = channelLimits.topic; ; max -= 10) {
    const said = escaped(shorten(facts.replace(/\s+/g, ' '), max)).text;
    if (said.length <= channelLimits.topic) return said;
  }
}
