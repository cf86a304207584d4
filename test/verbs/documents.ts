import { cardOf, verbNames } from '../../src/slack/command.ts';

const BEGINS = '<!-- verbs: written by `npm run verbs` from src/slack/command.ts -->';
const ENDS = '<!-- /verbs -->';

/** The README with its table of verbs as `VERBS` has it. */
export function readmeWith(readme: string): string {
  const [begins, ends] = [readme.indexOf(BEGINS), readme.indexOf(ENDS)];
  if (begins < 0 || ends < begins) throw new Error(`the README needs the lines ${BEGINS} and ${ENDS}`);
  return `${readme.slice(0, begins + BEGINS.length)}\n\n${table()}\n\n${readme.slice(ends)}`;
}

function table(): string {
  const rows = verbNames.map((verb) => {
    const { usage, does, also } = cardOf(verb);
    return `| \`${cell(usage)}\` | ${cell(does)} | ${also.map((word) => `\`${word}\``).join(' ')} |`;
  });
  return ['| command | does | also |', '|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The manifest with the hint that Slack shows behind `/incident`: what people type most. */
export function manifestWith(manifest: string): string {
  const usages = verbNames.filter((verb) => cardOf(verb).hinted).map((verb) => cardOf(verb).usage);
  return manifest.replace(/^( *usage_hint: ).*$/m, (_, key: string) => key + JSON.stringify(usages.join(' | ')));
}
