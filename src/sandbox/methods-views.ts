import { always, badArguments, type Methods, needed, nested, TIER, text } from './method.ts';
import { viewJson } from './shapes.ts';
import { everyView, openView, publishView, pushView, readView, replaceView, spendTrigger } from './views.ts';
import type { Json, View, World } from './world.ts';
import { Refusal } from './world.ts';

export const viewMethods: Methods = {
  'views.open': {
    scopes: always(),
    perMinute: TIER.four,
    run: (world, args) => {
      const body = modalIn(args);
      return { view: viewJson(world, openView(world, spendTrigger(world, needed(args, 'trigger_id')), body)) };
    },
  },
  'views.push': {
    scopes: always(),
    perMinute: TIER.four,
    run: (world, args) => {
      const body = modalIn(args);
      return { view: viewJson(world, pushView(world, spendTrigger(world, needed(args, 'trigger_id')), body)) };
    },
  },
  'views.update': {
    scopes: always(),
    perMinute: TIER.four,
    run: (world, args) => {
      const body = readView(nested(args, 'view').value);
      const view = findView(world, args);
      checkHash(args, view);
      replaceView(world, view, body);
      return { view: viewJson(world, view) };
    },
  },
  'views.publish': {
    scopes: always(),
    perMinute: TIER.four,
    run: (world, args) => {
      const user = needed(args, 'user_id');
      if (!world.manifest.homeTab) throw new Refusal('not_enabled');
      if (!world.members.has(user)) throw badArguments('invalid user id');
      const body = readView(nested(args, 'view').value);
      if (body.type !== 'home') throw badArguments('must be one of: home [json-pointer:/view/type]');
      const held = world.homes.get(user);
      if (held) checkHash(args, held);
      return { view: viewJson(world, publishView(world, user, body)) };
    },
  },
};

function modalIn(args: Json): Json {
  const body = readView(nested(args, 'view').value);
  if (body.type !== 'modal') throw badArguments('must be one of: modal [json-pointer:/view/type]');
  return body;
}

function findView(world: World, args: Json): View {
  const [id, externalId] = [text(args, 'view_id'), text(args, 'external_id')];
  if (id === undefined && externalId === undefined) throw badArguments('missing required field: view_id');
  const view = everyView(world).find((v) => (id === undefined ? v.externalId === externalId : v.id === id));
  if (!view) throw new Refusal('not_found');
  return view;
}

function checkHash(args: Json, view: View): void {
  const hash = text(args, 'hash');
  if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict');
}
