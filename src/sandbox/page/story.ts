import { html } from 'hono/html';
import type { StoryControl } from '../controls.ts';
import { type Html, hidden, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { at, type Look } from './look.ts';

/** The story as a line below the bar, while one is being played and when it is over. */
export function storyHtml(look: Look): Html {
  const story = look.controls?.story;
  if (!story || !isTold(look)) return NOTHING;
  const { is, channel } = story.state;
  const isAway = channel !== null && channel !== look.channel?.id;
  return html`<section class="story" id="story" aria-label="Story"><div class="told" role="status">${told(story)}</div>
    <form method="post" action="/sandbox/controls/story">${hidden({ back: look.here, channel: channel ?? 'done' })}
      ${isAway ? html`<a class="button small" href="${at(look, channel)}">Go there</a>` : ''}
      ${is === 'playing' ? button('pause', 'pause', 'Pause') : ''}${is === 'paused' ? button('resume', 'play', 'Go on') : ''}
      ${is === 'done' ? button('start', 'play', 'Once more') : html`${button('next', 'forward', 'Next')}${button('finish', 'down', 'To the end')}`}
      ${is === 'done' ? html`<button name="do" value="hide" class="close" aria-label="Hide the story">${icon('close')}</button>` : ''}
    </form></section>`;
}

/** One that is over is told until it is put away. */
export function isTold({ controls, hidden: away }: Look): boolean {
  const { is, channel } = controls?.story.state ?? { is: 'not started', channel: null };
  return is === 'playing' || is === 'paused' || (is === 'done' && away.story !== (channel ?? 'done'));
}

const button = (what: string, sign: 'pause' | 'play' | 'forward' | 'down', label: string): Html =>
  html`<button name="do" value="${what}" class="button small">${icon(sign)}<span>${label}</span></button>`;

/** What happens now, or happened last, and what to look at. */
function told({ state, steps }: StoryControl): Html {
  if (state.problem) return html`<strong>The story waits.</strong> <span>${state.problem}</span>`;
  const now = steps.find((step) => step.state === 'being played') ?? steps[Math.max(state.at - 1, 0)];
  const count = html`<small>${Math.min(state.at, steps.length)} / ${steps.length}</small>`;
  if (!now || state.at === 0)
    return html`${count} <strong>“Checkout is down”</strong> <span>The people of this Slack play an outage. Join in whenever you like.</span>`;
  const skipped = now.state === 'skipped' && now.note ? ` ${now.note}` : '';
  return html`${count} <strong>${now.title}</strong> <span>${now.look}${skipped}</span>`;
}
