import { z } from 'zod';

const text = (max: number, min = 1) => z.string().min(min).max(max);
const link = z.url({ protocol: /^https$/ });
const unique = (max: number) =>
  z
    .array(text(255))
    .max(max)
    .refine((all) => new Set(all).size === all.length, 'each once');

/** Slack's rules for an app manifest: every group is closed, a misspelt key is an error. */
export const ManifestSchema = z.strictObject({
  _metadata: z.strictObject({ major_version: z.number(), minor_version: z.number().optional() }).optional(),
  display_information: z.strictObject({
    name: text(35),
    description: text(140).optional(),
    background_color: z
      .string()
      .regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i)
      .optional(),
    long_description: text(4_000, 175).optional(),
  }),
  features: z.strictObject({
    app_home: z
      .strictObject({
        home_tab_enabled: z.boolean().optional(),
        messages_tab_enabled: z.boolean().optional(),
        messages_tab_read_only_enabled: z.boolean().optional(),
      })
      .optional(),
    bot_user: z.strictObject({
      display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/),
      always_online: z.boolean().optional(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/\S{1,31}$/),
          description: text(2_000),
          usage_hint: text(1_000).optional(),
          should_escape: z.boolean().optional(),
          url: link.optional(),
        }),
      )
      .min(1)
      .max(50),
    shortcuts: z
      .array(
        z.strictObject({
          name: text(24),
          type: z.enum(['message', 'global']),
          callback_id: text(255),
          description: text(150),
        }),
      )
      .min(1)
      .max(10),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: unique(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: unique(100), request_url: link.optional() }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: link.optional() }),
    org_deploy_enabled: z.boolean().optional(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean().optional(),
  }),
});
