import { no, ok } from '../lib/result.ts';
import type { Done, StoryControl, StoryState, StoryStep } from './controls.ts';
import type { Sandbox } from './sandbox.ts';
import { createScene, type Scene, type SceneClock } from './scene.ts';
import { STEPS, type Step } from './story-steps.ts';

/** Plays the steps one after the other, by itself or when asked; one at a time, whoever asks. */
export function createStory(slack: Sandbox, clock: SceneClock, steps: readonly Step[] = STEPS): StoryControl {
  const story: Played = { is: 'not started', at: 0, channel: null, problem: '', marks: [], isBusy: false, timer: null };
  const say = (what: string) => slack.journal.record({ kind: 'story', what });

  const playOne = async (): Promise<Done> => {
    const step = steps[story.at];
    if (!step || !story.scene) return no('The story is not being played: start it.');
    if (story.isBusy) return no('A step is being played just now.');
    clearTimer(story);
    Object.assign(story, { isBusy: true, problem: '' });
    slack.journal.changed();
    try {
      const note = step.unless?.(story.scene) ?? null;
      if (note === null) await step.play(story.scene);
      story.marks[story.at] = note;
      say(note === null ? step.title : `${step.title}: skipped. ${note}`);
      story.at += 1;
      if (story.at >= steps.length) story.is = 'done';
      return ok(undefined);
    } catch (fault) {
      story.is = 'paused';
      story.problem = fault instanceof Error ? (fault.message.split('\n')[0] ?? '') : String(fault);
      say(`${step.title}: ${story.problem}`);
      return no(story.problem);
    } finally {
      story.isBusy = false;
      slack.journal.changed();
    }
  };

  const playOn = () => {
    clearTimer(story);
    const step = steps[story.at];
    if (story.is !== 'playing' || !step || story.isBusy) return;
    story.timer = setTimeout(() => void playOne().then(playOn), step.after);
    story.timer.unref();
  };

  return {
    get state(): StoryState {
      const { is, at, channel, problem } = story;
      return { is, at, channel, problem };
    },
    get steps() {
      return steps.map(({ title, look }, n): StoryStep => ({ title, look, ...markOf(story, n) }));
    },
    start: () => {
      if (story.is === 'playing' || story.isBusy) return no('The story is being played already: pause it first.');
      const scene = createScene(slack, clock, (id) => {
        story.channel = id;
      });
      Object.assign(story, { is: 'playing', at: 0, channel: null, problem: '', marks: [], scene });
      say('The story begins');
      playOn();
      return ok(undefined);
    },
    pause: () => {
      if (story.is !== 'playing') return no(`There is nothing to pause: the story is ${story.is}.`);
      story.is = 'paused';
      clearTimer(story);
      slack.journal.changed();
      return ok(undefined);
    },
    resume: () => {
      if (story.is !== 'paused') return no(`There is nothing to resume: the story is ${story.is}.`);
      story.is = 'playing';
      playOn();
      slack.journal.changed();
      return ok(undefined);
    },
    next: async () => {
      const done = await playOne();
      playOn();
      return done;
    },
    finish: async () => {
      if (story.is === 'done') return no('The story is over: start it again for another incident.');
      clearTimer(story);
      const { is } = story;
      // Whoever pauses meanwhile stops it here.
      if (is === 'paused') story.is = 'playing';
      do {
        const done = await playOne();
        if (!done.ok) return done;
      } while (story.is === 'playing');
      return ok(undefined);
    },
  };
}

interface Played {
  is: StoryState['is'];
  at: number;
  channel: string | null;
  problem: string;
  /** Of each step behind us: why it was skipped, or null. */
  marks: (string | null)[];
  isBusy: boolean;
  timer: NodeJS.Timeout | null;
  scene?: Scene;
}

function markOf(story: Played, n: number): Pick<StoryStep, 'state' | 'note'> {
  if (n >= story.at) return { state: n === story.at && story.isBusy ? 'being played' : 'to come', note: '' };
  const note = story.marks[n] ?? null;
  return note === null ? { state: 'done', note: '' } : { state: 'skipped', note };
}

function clearTimer(story: Played): void {
  if (story.timer) clearTimeout(story.timer);
  story.timer = null;
}
