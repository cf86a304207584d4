import type { Embedded } from '../../src/db/embedded.ts';

/** What a server under test is started with. */
export interface Setting {
  readonly mode: 'http' | 'socket';
  readonly apiUrl: string;
  readonly database: Embedded['config'];
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** The bare app only. */
  readonly stores?: 'nothing' | 'every event';
}

export const SIGNING_SECRET = 'a signing secret of the bench';

export const settingOf = (
  who: string,
  mode: Setting['mode'],
  given: Pick<Setting, 'apiUrl' | 'database'> & Pick<Setting, 'stores'>,
): Setting => ({ ...given, mode, botToken: `xoxb-${who}`, appToken: `xapp-${who}`, signingSecret: SIGNING_SECRET });
