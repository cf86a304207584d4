import type { Stage } from '../acts.ts';
import type { Person } from '../person.ts';
import type { Member } from '../world.ts';
import type { Ask } from './look.ts';

export type Done =
  /** All is well: back to the page, or to another one. */
  | { readonly kind: 'back'; readonly to?: string }
  | { readonly kind: 'say'; readonly notice: string }
  /** It was not done, and what was typed must not be lost. */
  | { readonly kind: 'keep'; readonly notice: string }
  | { readonly kind: 'ask'; readonly ask: Ask };

/** Who does it, and where they stand. */
export type Doer = {
  readonly stage: Stage;
  readonly member: Member;
  readonly person: Person;
  /** `/sandbox/oncall` */
  readonly base: string;
  /** The page the form was on. */
  readonly back: string;
};
