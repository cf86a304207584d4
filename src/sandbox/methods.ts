import { always, type Methods, TIER } from './method.ts';
import { chatMethods } from './methods-chat.ts';
import { conversationMethods } from './methods-conversations.ts';
import { fileMethods } from './methods-files.ts';
import { historyMethods } from './methods-history.ts';
import { markMethods } from './methods-marks.ts';
import { peopleMethods } from './methods-people.ts';
import { viewMethods } from './methods-views.ts';
import type { SocketLine } from './socket-line.ts';

/** Every method of the Web API this Slack knows; others answer `unknown_method`. */
export const allMethods = (sockets: SocketLine): Methods => ({
  ...peopleMethods,
  ...conversationMethods,
  ...historyMethods,
  ...chatMethods,
  ...markMethods,
  ...viewMethods,
  ...fileMethods,
  /** Wants the app-level token, whose scope is connections:write. */
  'apps.connections.open': {
    scopes: always(),
    perMinute: TIER.three,
    run: () => ({ url: sockets.ticket() }),
  },
});
