/** What one bench found: a table, and what is to be known when reading it. */
export interface Section {
  readonly title: string;
  readonly how: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

export function markdown({ title, how, columns, rows, notes }: Section): string {
  const widths = columns.map((name, i) =>
    Math.max(...[name, ...rows.map((row) => row[i] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  const table = [line(columns), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
  const said = notes.map((note) => `- ${note}`);
  return [`## ${title}`, how, table.join('\n'), ...(said.length > 0 ? [said.join('\n')] : [])].join('\n\n');
}

export function document(machine: string, sections: readonly Section[]): string {
  return `# Benchmarks

What \`npm run bench\` measured, each figure beside a bare baseline in the same run, in alternating rounds. Written by
\`npm run bench -- --write\`; nothing here is edited by hand.

${machine}

${sections.map(markdown).join('\n\n')}
`;
}

export const metOrNot = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
