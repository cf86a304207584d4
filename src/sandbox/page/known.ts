import { html } from 'hono/html';
import { cardOf, verbNames } from '../../slack/command.ts';
import { EMOJI } from './emoji.ts';
import { type Html, isHuman } from './html.ts';
import { canSee, type Look } from './look.ts';

/** What can be completed while one types, by its first sign; the script offers what fits. */
export function knownHtml(look: Look): Html {
  const { world, me } = look;
  const channels = [...world.channels.values()].filter((c) => c.kind !== 'im' && !c.archived && canSee(c, me));
  return html`<ul id="known" hidden>
    ${[...world.manifest.commands].map(([command, { description, usageHint }]) =>
      command === '/incident' ? verbs(command) : item('/', `${command} `, command, usageHint, description),
    )}
    ${[...world.members.values()].filter(isHuman).map((m) => item('@', `@${m.handle} `, m.realName, `@${m.handle}`, ''))}
    ${[...world.groups.values()].map((g) => item('@', `@${g.handle} `, g.name, `@${g.handle}`, `${g.users.length} people`))}
    ${['here', 'channel'].map((name) => item('@', `@${name} `, `@${name}`, '', 'Notify everybody in this channel'))}
    ${channels.map((c) => item('#', `#${c.name} `, c.name, '', c.kind === 'private' ? 'private' : ''))}
    ${Object.entries(EMOJI).map(([name, face]) => item(':', `:${name}: `, `${face} :${name}:`, '', ''))}</ul>`;
}

const verbs = (command: string): Html =>
  html`${verbNames.map((verb) => {
    const { usage, does } = cardOf(verb);
    const [word = '', ...rest] = usage.split(' ');
    return item('/', `${command} ${word} `, `${command} ${word}`, rest.join(' '), does);
  })}`;

const item = (sign: string, fill: string, name: string, usage: string, does: string): Html =>
  html`<li data-sign="${sign}" data-fill="${fill}"><b>${name}</b><span>${usage}</span><small>${does}</small></li>`;
