import { z } from 'zod';
import { type Holder, holderOf, type Incident, ref } from '../incidents/incident.ts';
import { type IncidentId, incidentId, userId } from '../lib/ids.ts';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { input, modal, peopleSelect } from '../slack/blocks.ts';
import type { Wish } from './role.ts';

export const ASSIGN_ROLES = 'assign-roles';

/** One people select per role, labelled with the role; an emptied one releases it. */
export const rolePicker = (incident: Incident, holders: readonly Holder[], policy: Policy): View =>
  modal({
    callback: ASSIGN_ROLES,
    title: `Roles of ${ref(incident)}`,
    submit: 'Assign',
    close: 'Cancel',
    metadata: JSON.stringify({
      incident: incident.id,
      shown: Object.fromEntries(policy.roles.map((role) => [role.id, holderOf(holders, role.id)])),
    }),
    blocks: policy.roles.map((role) =>
      input(role.id, role.name, peopleSelect(holderOf(holders, role.id)), { optional: true, hint: role.description }),
    ),
  });

const OpenedOn = z.object({ incident: z.int().positive(), shown: z.record(z.string(), z.string().nullable()) });

/** What the form was opened on; null when the metadata is not ours. */
export function openedOn(privateMetadata: string): { incident: IncidentId; shown: Shown } | null {
  try {
    const read = OpenedOn.safeParse(JSON.parse(privateMetadata));
    return read.success ? { incident: incidentId(read.data.incident), shown: read.data.shown } : null;
  } catch {
    return null;
  }
}

/** Who held each role when the form was opened. */
type Shown = Readonly<Record<string, string | null>>;

/** Only what differs from what the form showed is wished for: who took a role meanwhile keeps it. */
export const rolePickerForm = (policy: Policy, shown: Shown) =>
  z
    .object(Object.fromEntries(policy.roles.map((role) => [role.id, z.string().nullable().default(null)])))
    .transform((picked): Wish[] =>
      Object.entries(picked)
        .filter(([role, user]) => user !== (shown[role] ?? null))
        .map(([role, user]) => ({ role, user: user === null ? null : userId(user) })),
    );
