/** Keeps a page that works without it alive: sends forms in the background, and draws again what changed. */

import { dress } from './dress.mjs';
import { hearEmoji } from './emoji.mjs';
import { hearKeys } from './focus.mjs';
import { listen } from './live.mjs';
import { hearPicks } from './picks.mjs';
import { hearScrolling } from './scroll.mjs';
import { arrive, hearTravel } from './travel.mjs';
import { hearTyping } from './typing.mjs';

hearTravel();
hearTyping();
hearKeys();
hearPicks();
hearEmoji();
hearScrolling();
dress();
arrive();
listen();
