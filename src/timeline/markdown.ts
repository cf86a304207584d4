/** Foreign text as one line of Markdown that shows it and does nothing: no markup, no HTML, no address made clickable. */
export function inert(foreign: string): string {
  return visible(foreign)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(MARKUP, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/^(\s*)([-+=]|\d+(?=[.)]))/, startOf);
}

/** The same with its lines kept, as a block quote. A break at each line's end also keeps `---` below from underlining it. */
export const quoted = (foreign: string): string =>
  visible(foreign)
    .split('\n')
    .map((line, i, lines) => {
      if (line.trim() === '') return '>';
      return `> ${indented(line.trimEnd())}${lines[i + 1]?.trim() ? '\\' : ''}`;
    })
    .join('\n');

/** Markdown would take leading spaces for structure or for code. */
function indented(line: string): string {
  const space = /^[ \t]*/.exec(line)?.[0] ?? '';
  return space.replaceAll('\t', '    ').replaceAll(' ', '&nbsp;') + inert(line.slice(space.length));
}

const startOf = (_: string, space: string, sign: string): string =>
  /\d/.test(sign) ? `${space}${sign}\\` : `${space}\\${sign}`;

/** Also breaks `https://…` and `www.…`, which some readers make links without any markup. */
const MARKUP = /[\\`*_[\]|~#@$!]|:(?=\/\/)|(?<=\bwww)\./gi;

/** Control characters are shown as what they are not: text. */
const visible = (foreign: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  foreign.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, '\uFFFD');
