/** Chance that can be had again: everything a soak chooses comes from its seed. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `least` up to and without `below`. */
  between(least: number, below: number): number;
  of<T>(choices: readonly [T, ...T[]]): T;
  of<T>(choices: readonly T[]): T | undefined;
  /** True so often out of one. */
  odds(share: number): boolean;
  /** By weight. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
}

/** One stream per purpose: what one person does must not move what another does. */
export function chanceOf(seed: number, purpose: string): Chance {
  let state = hashed(`${seed}:${purpose}`);
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, below: number) => least + Math.floor(next() * (below - least));
  return {
    next,
    between,
    of: <T>(choices: readonly T[]) => choices[between(0, choices.length)] as T,
    odds: (share) => next() < share,
    weighed: (choices) => {
      const whole = choices.reduce((sum, [weight]) => sum + weight, 0);
      let left = next() * whole;
      const found = choices.find(([weight]) => {
        left -= weight;
        return left < 0;
      });
      const [, choice] = found ?? choices[choices.length - 1] ?? [];
      return choice as (typeof choices)[number][1];
    },
  };
}

function hashed(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash | 0;
}
