import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What the app may do, as its manifest says. */
export type Manifest = {
  readonly appName: string;
  readonly botName: string;
  readonly scopes: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly commands: ReadonlyMap<string, { shouldEscape: boolean; description: string; usageHint: string }>;
  readonly shortcuts: readonly { name: string; type: 'message' | 'global'; callbackId: string }[];
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
  readonly interactivity: boolean;
  readonly socketMode: boolean;
};

/** Reads a manifest file. Throws naming what is wrong in it. */
export function readManifest(path: string): Manifest {
  return parseManifest(parse(readFileSync(path, 'utf8')));
}

export function parseManifest(source: unknown): Manifest {
  const { display_information, features, oauth_config, settings } = Source.parse(source);
  return {
    appName: display_information.name,
    botName: features.bot_user.display_name,
    scopes: new Set(oauth_config.scopes.bot),
    events: new Set(settings.event_subscriptions?.bot_events ?? []),
    commands: new Map(
      (features.slash_commands ?? []).map((c) => [
        c.command,
        { shouldEscape: c.should_escape, description: c.description, usageHint: c.usage_hint ?? '' },
      ]),
    ),
    shortcuts: (features.shortcuts ?? []).map((s) => ({ name: s.name, type: s.type, callbackId: s.callback_id })),
    homeTab: features.app_home?.home_tab_enabled ?? false,
    messagesTab:
      (features.app_home?.messages_tab_enabled ?? false) && !features.app_home?.messages_tab_read_only_enabled,
    interactivity: settings.interactivity?.is_enabled ?? false,
    socketMode: settings.socket_mode_enabled,
  };
}

const Source = z.object({
  display_information: z.object({ name: z.string().min(1).max(35) }),
  features: z.object({
    app_home: z
      .object({
        home_tab_enabled: z.boolean().optional(),
        messages_tab_enabled: z.boolean().optional(),
        messages_tab_read_only_enabled: z.boolean().optional(),
      })
      .optional(),
    bot_user: z.object({ display_name: z.string().min(1).max(80) }),
    slash_commands: z
      .array(
        z.object({
          command: z.string().startsWith('/').min(2).max(32),
          description: z.string().max(2_000),
          usage_hint: z.string().max(1_000).optional(),
          should_escape: z.boolean().default(false),
        }),
      )
      .optional(),
    shortcuts: z
      .array(
        z.object({ name: z.string().max(24), type: z.enum(['message', 'global']), callback_id: z.string().max(255) }),
      )
      .optional(),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()).max(100) }).optional(),
    interactivity: z.object({ is_enabled: z.boolean() }).optional(),
    socket_mode_enabled: z.boolean().default(false),
  }),
});
