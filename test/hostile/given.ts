import fc from 'fast-check';

/** fast-check prints the seed and the path of what failed; a fixed seed makes two runs alike. */
export const runs = (numRuns: number): fc.Parameters<unknown> => ({
  seed: 20_261_121,
  numRuns,
  // Below the patience of a test, which says nothing of the seed. A slow counterexample would take its time to shrink.
  interruptAfterTimeLimit: 25_000,
  markInterruptAsFailure: true,
});

const NASTY = [
  '\u0000',
  '\ud800',
  '\udfff',
  '<!channel>',
  '<!here|here>',
  '<@U0EXEC0001>',
  '<@U0EXEC0001|exec>',
  '<!subteam^S1|@leads>',
  '<#C1|general>',
  '<http://evil.example|fine>',
  '&lt;!channel&gt;',
  '*_~`',
  '```',
  '> ',
  '\u202e',
  'تعطل الدفع',
  '🔥',
  '\n',
  '\r',
  '\t',
  "'; drop table incidents; --",
  '%s',
  '{{7*7}}',
  '$1',
  'INC-1',
  'INC-99999999999',
  '#0',
  'in INC-1',
  '99999999999999999999h',
  '1e9d',
  '-1m',
  '0m',
  'sev1',
  'off',
  'x'.repeat(3_000),
];

/** What people and programs type. */
export const text = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant(' ')), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
    fc.array(fc.nat(0xffff), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes)),
    fc.constant('y'.repeat(40_000)),
  );

/** Numbers as programs send them, and much that is none. */
export const numberish = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '-1',
      '1.5',
      '1e3',
      '0x10',
      'NaN',
      'Infinity',
      '2147483648',
      '99999999999999999999',
      '1:',
      '1:x',
    ),
    fc.integer().map(String),
    fc.double().map(String),
    text(),
  );

export const json = (): fc.Arbitrary<unknown> => fc.jsonValue({ maxDepth: 4 });

/** A value of the right kind, or anything at all. */
export const orAnything = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: json() });

/** What no person must be shown. */
export const LEAK =
  /\bat .+\.(ts|js|mjs):\d+|node_modules|file:\/\/|SyntaxError|TypeError|ZodError|select .+ from |violates|invalid input syntax|undefined|\[object Object\]|xox[bp]-/;
