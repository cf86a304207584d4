import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Member, World } from '../world.ts';

/** Markup in which everything foreign is escaped already. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const NOTHING: Html = html``;

/** An instant in Slack's own format tokens; the script puts it into the viewer's time. */
export function instant(at: Date, format: string, fallback?: string): Html {
  const iso = at.toISOString();
  return html`<time datetime="${iso}" data-format="${format}">${fallback ?? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}</time>`;
}

export const dateOf = (ts: string): Date => new Date(Number(ts) * 1_000);

/** A coloured square with initials; the same person always has the same colour. */
export function avatar(name: string, kind: 'person' | 'app' | 'nobody' = 'person'): Html {
  const initials = name
    .split(/[\s._-]+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  const colour = kind === 'person' ? `hue${hueOf(name)}` : kind;
  return html`<span class="avatar ${colour}" aria-hidden="true">${kind === 'app' ? '' : initials}</span>`;
}

export const avatarOf = (world: World, user: string | undefined): Html =>
  avatar(nameOf(world, user), isBot(world.members.get(user ?? '')) ? 'app' : 'person');

const hueOf = (name: string): number =>
  [...name].reduce((sum, char) => (sum * 13 + (char.codePointAt(0) ?? 0)) % 65_537, 1) % 8;

export const nameOf = (world: World, user: string | undefined): string =>
  world.members.get(user ?? '')?.realName ?? (user === 'USLACKBOT' ? 'Slackbot' : (user ?? ''));

export const isBot = (member: Member | undefined): boolean => member?.kind === 'bot';

export const isHuman = (member: Member): boolean => !isBot(member) && !member.deactivated;

/** The fields of a form that nobody sees. */
export const hidden = (fields: Record<string, string>): Html =>
  html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
