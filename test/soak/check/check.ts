import type { Evidence, Finding } from '../evidence.ts';
import { checkAnswers } from './answers.ts';
import { checkChannels } from './channels.ts';
import { checkEffects } from './effects.ts';
import { checkHygiene } from './hygiene.ts';
import { checkPrivacy } from './privacy.ts';
import { checkPromises } from './promises.ts';
import { checkTimeline } from './timeline.ts';

/** Everything that is not as promised; empty when nothing was lost, doubled or let out. */
export function check(evidence: Evidence): Finding[] {
  return [
    ...checkAnswers(evidence),
    ...checkChannels(evidence),
    ...checkEffects(evidence),
    ...checkTimeline(evidence),
    ...checkPromises(evidence),
    ...checkPrivacy(evidence),
    ...checkHygiene(evidence),
  ];
}
