/** What stands in the place of a secret. */
const GONE = '[secret]';

/** Each keeps what helps to recognise the kind, never a part of the secret itself. Quotes may be escaped: JSON in JSON. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(xox[a-z](?:\.xox[a-z])?-|xapp-)[\w%.-]+/gi, `$1${GONE}`],
  [/(https?:\/\/hooks\.slack(?:-gov)?\.com\/)[^\s"'\\<>)]+/gi, `$1${GONE}`],
  [/(postgres(?:ql)?:\/\/[^:@/\s"]*:)[^\s"\\]+@/gi, `$1${GONE}@`],
  [/([?&](?:password|ticket|token)=)[^&\s"'\\]+/gi, `$1${GONE}`],
  [/(\bBearer\s+)[^\s"'\\]+/gi, `$1${GONE}`],
  [
    /((?:response_?url|(?:bot|app|access|refresh)?_?token|(?:signing|client)_?secret|password|authorization)\\*"\s*:\s*\\*")(?:[^"\\]|\\+[^"\\])+/gi,
    `$1${GONE}`,
  ],
];

/** Takes the secrets out of any text: what looks like one, and the values known to be one. */
export function scrubber(known: readonly string[] = []): (text: string) => string {
  // Short values would blacken half of every line; a secret that short protects nothing.
  const values = known.filter((value) => value.length >= 8).flatMap((value) => [value, encodeURIComponent(value)]);
  return (text) => {
    const literal = values.reduce((rest, value) => rest.replaceAll(value, GONE), text);
    return PATTERNS.reduce((rest, [pattern, to]) => rest.replace(pattern, to), literal);
  };
}
