import { addEphemeral, dropEphemeral } from '../ephemerals.ts';
import type { UploadedFile } from '../person.ts';
import { composeMessage } from '../typed.ts';
import { type Channel, type Message, Refusal } from '../world.ts';
import type { Doer, Done } from './doer.ts';
import type { Sent } from './form-data.ts';
import { closeForm, press, submitForm } from './pressing.ts';

/** What people do on the page. Everything goes the way Slack's own clients would send it. */

type Doing = (doer: Doer, sent: Sent) => Done | Promise<Done>;

const BACK: Done = { kind: 'back' };

export const DOINGS: Readonly<Record<string, Doing>> = {
  send,
  press,
  submit: submitForm,
  close: closeForm,
  message: onMessage,
  edit: (doer, sent) => {
    doer.person.edits(messageOf(doer, sent, 'own'), typedIn(sent));
    return BACK;
  },
  delete: (doer, sent) => {
    doer.person.deletes(messageOf(doer, sent, 'own'));
    return BACK;
  },
  react: (doer, sent) => react(doer, messageOf(doer, sent), sent.one('name')),
  join: ({ person }, sent) => {
    person.joins(sent.one('in'));
    return BACK;
  },
  leave: ({ person, base }, sent) => {
    person.leaves(sent.one('in'));
    return { kind: 'back', to: base };
  },
  create: createChannel,
  topic: ({ person }, sent) => {
    person.setsTopic(sent.one('in'), typedIn(sent).replaceAll('\n', ' '));
    return BACK;
  },
  archive: ({ person }, sent) => {
    person.archives(sent.one('in'));
    return BACK;
  },
  invite: ({ person }, sent) => {
    person.invites(sent.one('who'), sent.one('in'));
    return BACK;
  },
  dismiss: ({ stage, member }, sent) => {
    const held = stage.world.ephemerals.find((e) => e.ts === sent.one('ts') && e.to === member.id);
    if (held) dropEphemeral(stage.world, held.ts);
    return BACK;
  },
  shortcut: async (doer, sent) => outcome(doer, await doer.person.shortcut(sent.one('shortcut'))),
};

/** Slack takes no longer message from a person. */
const LONGEST = 40_000;

async function send(doer: Doer, sent: Sent): Promise<Done> {
  const { person, stage } = doer;
  const text = typedIn(sent);
  const channel = stage.world.channels.get(sent.one('in'));
  const thread = sent.one('thread');
  if (!channel) return { kind: 'say', notice: 'That channel is gone.' };
  const files = await filesIn(sent);
  if (text.trim() === '' && files.length === 0) return BACK;
  if (text.startsWith('/')) return command(doer, channel, text, thread);
  if (text.length > LONGEST) {
    const over = (text.length - LONGEST).toLocaleString('en');
    return {
      kind: 'keep',
      notice: `Your message is too long by ${over} characters. Shorten it, or attach it as a file.`,
    };
  }
  person.says(text, { in: channel.id, ...(thread && { thread }), broadcast: sent.has('broadcast'), files });
  return BACK;
}

const filesIn = (sent: Sent): Promise<UploadedFile[]> =>
  Promise.all(
    sent
      .files('files')
      .filter((file) => file.size > 0)
      .map(async (file) => ({ name: file.name, content: Buffer.from(await file.arrayBuffer()) })),
  );

/** Slack's own rules for names, in words. */
const NAME_FAULTS: Readonly<Record<string, string>> = {
  invalid_name_required: 'A channel needs a name.',
  invalid_name_maxlength: 'Names of channels have at most 80 characters.',
  invalid_name_specials: 'Names of channels hold only lower-case letters, digits, - and _.',
  invalid_name_punctuation: 'A name needs at least one letter or digit.',
  name_taken: 'That name is already taken by a channel, a person or a group.',
};

function createChannel({ person, member, base }: Doer, sent: Sent): Done {
  if (member.kind !== 'member') return { kind: 'say', notice: 'Guests cannot create channels.' };
  try {
    const channel = person.creates(sent.one('name'), { private: sent.has('private') });
    return { kind: 'back', to: `${base}/${channel.id}` };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return { kind: 'keep', notice: NAME_FAULTS[fault.code] ?? `Slack refused: ${fault.code}.` };
  }
}

/** Slack's own words where it does not ask the app at all. */
async function command(
  { stage, member, person }: Doer,
  channel: Channel,
  typed: string,
  thread: string,
): Promise<Done> {
  const [name = ''] = typed.split(/\s/);
  const refuse = (text: string) => {
    const about = { to: member.id, channel: channel.id, from: 'slack' as const, blocks: [] };
    addEphemeral(stage.world, {
      ...about,
      text: composeMessage(stage.world, text),
      ...(thread && { threadTs: thread }),
    });
    return BACK;
  };
  if (!stage.world.manifest.commands.has(name))
    return refuse(
      `${name} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    );
  if (thread) return refuse(`${name} is not supported in threads. Sorry!`);
  await person.slash(typed.replace(/\s+/, ' '), { in: channel.id });
  return BACK;
}

async function onMessage(doer: Doer, sent: Sent): Promise<Done> {
  const { person, back, base } = doer;
  const [what, name = ''] = split(sent.one('do'));
  const at = messageOf(doer, sent);
  switch (what) {
    case 'pin':
      person.pins(at);
      return BACK;
    case 'unpin':
      person.unpins(at);
      return BACK;
    case 'react':
      return react(doer, at, name);
    case 'edit':
      return { kind: 'back', to: withQuery(back, 'edit', at.ts) };
    case 'delete':
      return {
        kind: 'ask',
        ask: {
          title: 'Delete message',
          text: 'Are you sure you want to delete this message? This cannot be undone.',
          confirm: 'Delete',
          deny: 'Cancel',
          isDanger: true,
          action: `${base}/do/delete`,
          fields: { back, in: sent.one('in'), ts: at.ts },
        },
      };
    case 'shortcut':
      return outcome(doer, await person.shortcut(name, at));
    default:
      return { kind: 'say', notice: 'There is no such action.' };
  }
}

function react({ member, person }: Doer, message: Message, name: string): Done {
  const mine = message.reactions.find((r) => r.name === name)?.users.includes(member.id) ?? false;
  if (mine) person.unreacts(message, name);
  else person.reacts(message, name);
  return BACK;
}

/** Of a channel this person is in, and written by them where only that will do. Throws the reason why not. */
function messageOf({ stage, member }: Doer, sent: Sent, whose: 'any' | 'own' = 'any'): Message {
  const channel = stage.world.channels.get(sent.one('in'));
  const message = channel?.messages.get(sent.one('ts'));
  if (!channel?.members.has(member.id)) throw new Error('You are not in that channel.');
  if (!message) throw new Error('That message is gone.');
  if (whose === 'own' && message.user !== member.id) throw new Error('This is not your message.');
  return message;
}

function outcome({ stage }: Doer, reply: { outcome: string }): Done {
  if (reply.outcome === 'acked') return BACK;
  return { kind: 'say', notice: `${stage.world.manifest.appName} did not answer (${reply.outcome}). Try again.` };
}

const typedIn = (sent: Sent): string => sent.one('text').replaceAll('\r\n', '\n');

function split(said: string): [string, string | undefined] {
  const colon = said.indexOf(':');
  return colon < 0 ? [said, undefined] : [said.slice(0, colon), said.slice(colon + 1)];
}

function withQuery(address: string, name: string, value: string): string {
  const [path = '', query = ''] = address.split('?');
  const params = new URLSearchParams(query);
  params.set(name, value);
  return `${path}?${params}`;
}
