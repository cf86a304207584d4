import type { Digest } from './digest.ts';
import type { Document, DraftFacts } from './document.ts';
import { evidenceOf } from './evidence.ts';
import { headerFacts, measuredFacts } from './facts.ts';
import { actionItems, lessons, lucky, wentPoorly, wentWell } from './findings.ts';
import { type Telling, teller } from './names.ts';
import { SECTIONS } from './sections.ts';
import { contributing, detection, impact, mitigation, summary } from './story.ts';
import { timeline } from './timeline-lines.ts';
import { wording } from './wording.ts';

/**
 * The draft: deterministic, every statement linked to its evidence, what the record cannot know marked as unknown with
 * the name of who likely does. It invents no cause and blames nobody; names never mention, a draft wakes nobody.
 */
export function draftPostmortem(digest: Digest, facts: DraftFacts): Document {
  const { record } = digest;
  const evidence = evidenceOf(digest, facts.draftedAt);
  const telling: Telling = { record, evidence, facts, ...teller(record, facts) };
  return {
    ref: record.incident.ref,
    title: telling.quote(record.incident.title),
    facts: headerFacts(telling),
    measured: measuredFacts(telling),
    sections: [
      { heading: SECTIONS.summary, body: summary(telling) },
      { heading: SECTIONS.impact, body: impact(telling) },
      { heading: SECTIONS.timeline, body: timeline(telling) },
      { heading: SECTIONS.detection, body: detection(telling) },
      { heading: SECTIONS.factors, body: contributing(telling) },
      { heading: SECTIONS.mitigation, body: mitigation(telling) },
      { heading: SECTIONS.well, body: wentWell(telling) },
      { heading: SECTIONS.poorly, body: wentPoorly(telling) },
      { heading: SECTIONS.lucky, body: lucky(telling) },
      { heading: SECTIONS.actions, body: actionItems(telling) },
      { heading: SECTIONS.lessons, body: lessons(telling) },
    ],
    wording: wording(telling),
  };
}
