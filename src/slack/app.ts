import { App, type Receiver } from '@slack/bolt';
import type { Message } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import type { SlackApi } from './api.ts';
import { type Asking, askingOf, switchboard } from './asked.ts';
import { suggested } from './blocks.ts';
import { type AskedEnvelope, type Envelope, readEnvelope } from './envelope.ts';
import { type Answer, type FormAnswer, type Gate, type Heard, isCall, type Listeners } from './listeners.ts';
import { Mrkdwn, md, plainOf } from './mrkdwn.ts';
import { faultFields, type Log, quietLogger } from './quiet.ts';
import * as sentences from './sentences.ts';

/** What was heard and how it went; `ms` from receipt to acknowledgement. */
export interface Seen {
  readonly kind: AskedEnvelope['kind'] | 'event';
  /** The verb, action, callback or event type. */
  readonly what: string;
  /** `late`: answered without knowing how it ends. `ignored`: nobody listens, or a link that Slack opens itself. */
  readonly outcome: 'done' | 'refused' | 'fault' | 'late' | 'ignored';
  readonly ms: number;
  /** From Slack's event_ts to receipt; events only. */
  readonly lagMs?: number;
}

/** What the asker is to be told by DM, because the acknowledgement left before (or too late to say) what was done. */
export interface Late {
  readonly user: UserId;
  readonly intent: string;
  /** mrkdwn */
  readonly text: string;
}

export interface AppOptions {
  readonly receiver: Receiver;
  readonly slack: Pick<SlackApi, 'respond' | 'directMessage'>;
  readonly listeners: readonly Listeners[];
  readonly gate: Gate;
  readonly log: Log;
  readonly observe: (seen: Seen) => void;
  readonly now: () => Date;
  readonly onLate: (late: Late) => Promise<void>;
  readonly commandName?: string;
  /** Slack gives up after 3 s; what is not known by now is answered as not known. */
  readonly answerWithinMs?: number;
}

export interface SitrepApp {
  /** Waits for what is being worked on, answered already or not. False when it was not done in time. */
  drain(withinMs: number): Promise<boolean>;
}

type Outcome =
  | { readonly kind: 'done'; readonly answer: Answer | FormAnswer }
  | { readonly kind: 'refused'; readonly message: Message }
  | { readonly kind: 'fault'; readonly fault: unknown }
  | { readonly kind: 'ignored' };
type Ack = (body?: unknown) => Promise<void>;

export function createApp(options: AppOptions): SitrepApp {
  const { receiver, slack, gate, log, observe, now, onLate } = options;
  const { commandName = '/incident', answerWithinMs = 2_500 } = options;
  const board = switchboard(options.listeners);
  const working = new Set<Promise<unknown>>();

  const bolt = new App({
    receiver,
    logger: quietLogger(log),
    // Nothing is looked up here: a failed auth.test would be kept for the life of the process.
    authorize: () => Promise.resolve({}),
    ignoreSelf: false,
    convoStore: false,
    tokenVerificationEnabled: false,
  });
  // Only a rejection keeps the receiver from acknowledging.
  bolt.error((fault) => Promise.reject(fault));
  bolt.use(async (args) => {
    const { body, context } = args;
    const receivedAt = typeof context.receivedAt === 'number' ? context.receivedAt : performance.now();
    const ack: Ack = 'ack' in args ? (args.ack as Ack) : () => Promise.resolve();
    const envelope = (context.envelope as Envelope | undefined) ?? readEnvelope(body);
    if (envelope.kind === 'event') return hear(envelope.body.event_id ?? null, envelope.body.event, receivedAt);
    if ('body' in envelope && envelope.kind !== 'aside' && envelope.kind !== 'typing')
      return serve(envelope, ack, receivedAt);
    if (envelope.kind === 'typing')
      return ack(suggested(board.options[envelope.body.action_id]?.(envelope.body.value)));
    await ack();
  });

  async function hear(eventId: string | null, event: Heard['event'] & { type: string }, receivedAt: number) {
    const heard: Heard = { eventId, type: event.type, event };
    const lagMs = lagOf(event, now());
    const listeners = board.events.get(event.type) ?? [];
    const settled = await track(Promise.allSettled(listeners.map(async (listener) => listener(heard))));
    const failed = settled.filter((one) => one.status === 'rejected');
    const outcome = failed.length > 0 ? 'fault' : listeners.length > 0 ? 'done' : 'ignored';
    const seen: Seen = { kind: 'event', what: event.type, outcome, ms: performance.now() - receivedAt, ...lagMs };
    observe(seen);
    log.debug({ ...seen, event: eventId }, 'heard');
    for (const { reason } of failed) log.error({ ...seen, event: eventId, ...faultFields(reason) }, 'not heard');
    // Unacknowledged, the event comes again.
    if (failed[0]) throw failed[0].reason;
  }

  async function serve(envelope: AskedEnvelope, ack: Ack, receivedAt: number): Promise<void> {
    const asking = askingOf(envelope, board, commandName);
    const progress = { stage: 'asking' as 'asking' | 'listening' | 'given-up' };
    const work = track(settle(asking, progress));
    const outcome = await within(answerWithinMs - (performance.now() - receivedAt), work);
    if (outcome === 'late') {
      const words = progress.stage === 'asking' ? sentences.NOT_BEGUN : sentences.PERHAPS_DONE;
      const isBegun = progress.stage === 'listening';
      progress.stage = 'given-up';
      await tell(asking, ack, sentences.said(words));
      report(asking, 'late', receivedAt);
      if (isBegun) void track(work.then((known) => tellLate(asking, known)));
      return;
    }
    await reply(asking, ack, outcome);
    report(asking, outcome.kind, receivedAt, outcome.kind === 'fault' ? outcome.fault : undefined);
    if (performance.now() - receivedAt > answerWithinMs) void track(tellLate(asking, outcome));
  }

  /** Never rejects. */
  async function settle(asking: Asking, progress: { stage: string }): Promise<Outcome> {
    try {
      const { user, team } = asking.from;
      if (!asking.listener) return unheard(asking);
      const { from, reading, what } = asking;
      const refusal = await gate({ user, team, reading, what, from });
      if (refusal || progress.stage === 'given-up') return refusal ? { kind: 'refused', message: refusal } : IGNORED;
      progress.stage = 'listening';
      return { kind: 'done', answer: await asking.listener() };
    } catch (fault) {
      return { kind: 'fault', fault };
    }
  }

  function unheard(asking: Asking): Outcome {
    if (asking.isLink) return IGNORED;
    const words = asking.what === 'foreign' ? sentences.notOurCommand(commandName) : sentences.NO_SUCH_BUTTON;
    return { kind: 'refused', message: sentences.said(words) };
  }

  async function reply(asking: Asking, ack: Ack, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'ignored') return ack();
    if (outcome.kind === 'refused') return tell(asking, ack, outcome.message);
    if (outcome.kind === 'fault') return tell(asking, ack, sentences.said(wordsFor(outcome.fault)));
    const { answer } = outcome;
    if ('say' in answer) return tell(asking, ack, answer.say, answer.inPlace);
    if ('errors' in answer) return ack(sentences.fieldErrors(answer.errors));
    if ('update' in answer) return ack(sentences.otherView(answer.update));
    return ack();
  }

  /** A sentence for the asker alone, by the road that is open: the ack, the form, the response_url, a DM. */
  async function tell(asking: Asking, ack: Ack, message: Message, inPlace = false): Promise<void> {
    if (asking.kind === 'command') return ack(sentences.ephemeral(message));
    if (asking.kind === 'form' && asking.firstInput)
      return ack(sentences.fieldErrors({ [asking.firstInput]: sentences.plainly(message) }));
    await ack();
    void track(whisper(asking, message, inPlace));
  }

  async function whisper({ from, kind, what }: Asking, message: Message, inPlace: boolean): Promise<void> {
    try {
      if (from.responseUrl) await slack.respond(from.responseUrl, message, inPlace);
      else await slack.directMessage(from.user, message, { marker: `answer:${from.intent}`, uncertainSince: null });
    } catch (fault) {
      log.warn({ kind, what, user: from.user, ...faultFields(fault) }, 'an answer did not reach its asker');
    }
  }

  async function tellLate({ from, kind, what }: Asking, outcome: Outcome): Promise<void> {
    const text = lateTextOf(outcome);
    log.warn(
      { kind, what, user: from.user, outcome: outcome.kind, ...faultOf(outcome) },
      'known only after the answer',
    );
    if (!text) return;
    await onLate({ user: from.user, intent: from.intent, text: withQuestion(from, commandName, text) }).catch(
      (fault: unknown) =>
        log.error({ kind, what, user: from.user, ...faultFields(fault) }, 'a late answer could not be promised'),
    );
  }

  function report({ kind, what, from }: Asking, outcome: Seen['outcome'], receivedAt: number, fault?: unknown): void {
    const seen: Seen = { kind, what, outcome, ms: performance.now() - receivedAt };
    observe(seen);
    if (outcome === 'fault') log.error({ ...seen, user: from.user, ...faultFields(fault) }, 'not done');
    else log.info({ ...seen, user: from.user }, 'asked');
  }

  function track<T>(work: Promise<T>): Promise<T> {
    working.add(work);
    const forget = () => working.delete(work);
    work.then(forget, forget);
    return work;
  }

  return {
    async drain(withinMs) {
      const until = performance.now() + withinMs;
      while (working.size > 0) {
        const all = Promise.allSettled([...working]);
        if ((await within(until - performance.now(), all)) === 'late') return false;
      }
      return true;
    },
  };
}

const IGNORED: Outcome = { kind: 'ignored' };

const wordsFor = (fault: unknown) =>
  sentences.isOutcomeUnknown(fault) ? sentences.PERHAPS_DONE : sentences.nothingDone(fault);

const faultOf = (outcome: Outcome) => (outcome.kind === 'fault' ? faultFields(outcome.fault) : {});

/** An answer that stands neither in the channel nor below what was typed says what it answers. */
const withQuestion = (from: Asking['from'], commandName: string, text: string): string =>
  isCall(from)
    ? md`\`${commandName} ${shorten(plainOf(from.words).replaceAll('`', ''), 100)}\`: ${Mrkdwn.trusted(text)}`.text
    : text;

/** What a DM says when the answer had to leave first. Null: the effect speaks for itself, or there is no more to say. */
function lateTextOf(outcome: Outcome): string | null {
  if (outcome.kind === 'ignored') return null;
  if (outcome.kind === 'refused') return outcome.message.text;
  if (outcome.kind === 'fault')
    return sentences.isOutcomeUnknown(outcome.fault) ? null : sentences.nothingDone(outcome.fault).text;
  const { answer } = outcome;
  if ('say' in answer) return answer.say.text;
  if ('errors' in answer) return md`Nothing was recorded: ${Object.values(answer.errors).join(' ')}`.text;
  return answer.late ?? null;
}

/** Slack's event_ts, or the message's own ts, is when it happened. */
function lagOf(event: Readonly<Record<string, unknown>>, now: Date): { lagMs?: number } {
  const seconds = Number.parseFloat(String(event.event_ts ?? event.ts));
  return Number.isFinite(seconds) ? { lagMs: Math.max(0, now.getTime() - seconds * 1_000) } : {};
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
