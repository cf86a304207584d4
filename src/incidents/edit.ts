import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { md, quietly } from '../slack/mrkdwn.ts';
import { type Decision, receipt } from './decision.ts';
import { servicesPeople } from './declare.ts';
import { type Incident, type IncidentChange, isOpen, ref } from './incident.ts';
import { post, redraw } from './redraw.ts';
import type { Refusal } from './refusals.ts';

export type Correction = Partial<Pick<Incident, 'title' | 'impact' | 'services' | 'impactStartedAt'>>;

/**
 * A correction of what is known: only what differs changes, each with its line in the timeline. While the incident is
 * open, the people of a service that it names only now are invited as they would have been at first.
 */
export function correct(
  incident: Incident,
  correction: Correction,
  by: UserId,
  policy: Pick<Policy, 'services'>,
  now: Date,
): Decision {
  const change: { -readonly [K in keyof IncidentChange]: IncidentChange[K] } = {};
  const said: string[] = [];
  if (correction.title !== undefined && correction.title !== incident.title) {
    change.title = correction.title;
    said.push(`title: ${correction.title}`);
  }
  if (correction.impact !== undefined && correction.impact !== incident.impact) {
    change.impact = correction.impact;
    said.push(`what users feel: ${correction.impact ?? 'not said'}`);
  }
  if (correction.services !== undefined && correction.services.join() !== incident.services.join()) {
    change.services = correction.services;
    said.push(`services: ${correction.services.join(', ') || 'none'}`);
  }
  const started = correction.impactStartedAt;
  if (started !== undefined && started?.getTime() !== incident.impactStartedAt?.getTime()) {
    change.impactStartedAt = started;
    said.push(`started: ${started?.toISOString() ?? 'not known'}`);
  }
  const added = (change.services ?? []).filter((service) => !incident.services.includes(service));
  const invited = isOpen(incident) ? servicesPeople(added, policy) : [];
  if (said.length === 0) return { answer: message(md`Nothing of ${ref(incident)} was changed: it says that already.`) };
  // What nobody had said before is no correction.
  const isNew = Object.keys(change).every((key) =>
    [incident[key as keyof Incident]].flat().every((was) => was === null),
  );
  return {
    change,
    entries: [
      {
        kind: started === undefined || !('impactStartedAt' in change) ? 'incident_edited' : 'clock_corrected',
        actor: by,
        text: said.join('; '),
        payload: {
          before: Object.fromEntries(Object.keys(change).map((key) => [key, incident[key as keyof Incident]])),
        },
      },
    ],
    jobs: [
      post(
        incident.id,
        'channel',
        message(md`${quietly(by)} ${isNew ? 'noted' : 'corrected'} ${said.join('; ')}`),
        now,
      ),
      ...(invited.length > 0
        ? [{ job: { kind: 'invite' as const, incident: incident.id, who: invited }, runAt: now }]
        : []),
      ...redraw(incident.id, now),
    ],
    ...(isNew
      ? { answer: message(md`Noted on the card of ${ref(incident)}.`) }
      : receipt(incident, md`${ref(incident)} corrected.`, () => md`What it said before stays in the timeline.`)),
  };
}

const LONGEST_LINK = 2_000;

/** Adds a link to the card; the same URL again takes the new name. */
export function addLink(
  incident: Incident,
  url: string,
  name: string | null,
  by: UserId,
  now: Date,
): Result<Decision, Refusal> {
  if (!/^https?:\/\/[^\s|<>]+$/i.test(url)) return no({ why: 'not-a-link', word: url });
  if (url.length > LONGEST_LINK) return no({ why: 'link-too-long', length: url.length, max: LONGEST_LINK });
  const label = shorten(name ?? url.replace(/^https?:\/\//i, ''), 80);
  return ok({
    change: { links: [...incident.links.filter((one) => one.url !== url), { url, name: label }] },
    entries: [{ kind: 'incident_edited', actor: by, text: `link: ${label} ${url}`, payload: { url, name: label } }],
    jobs: [
      { job: { kind: 'bookmark', incident: incident.id, title: label, link: url }, runAt: now },
      ...redraw(incident.id, now),
    ],
    answer: message(md`Added to the card of ${ref(incident)}.`),
  });
}
