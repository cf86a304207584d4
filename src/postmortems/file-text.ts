/** Slack: text files end at 1 MB (`snippet_too_large`). Kept well below, in bytes. */
const BYTES = 950_000;

/** The draft as it is uploaded: whole, or cut at a line with a word on where the whole is. */
export function fileText(markdown: string): string {
  const bytes = Buffer.from(markdown, 'utf8');
  if (bytes.length <= BYTES) return markdown;
  const end = bytes.lastIndexOf('\n', BYTES);
  const kept = bytes
    .subarray(0, end > 0 ? end : BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${kept}\n\n*Cut here: a file in Slack holds 1 MB. The whole draft is in the record: \`sitrep export\` prints it.*\n`;
}
