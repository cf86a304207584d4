import { createBadDays } from './bad-days.ts';
import type { BotProcess } from './bot-process.ts';
import { createClock } from './clock.ts';
import type { Controls } from './controls.ts';
import { createInspector } from './inspector.ts';
import type { Sandbox } from './sandbox.ts';
import { createStory } from './story.ts';

export function createControls(sandbox: Sandbox, bot: BotProcess): Controls {
  const clock = createClock(sandbox, bot);
  return {
    bot,
    clock,
    badDays: createBadDays(sandbox),
    story: createStory(sandbox, clock),
    inspector: createInspector(sandbox.journal),
  };
}
