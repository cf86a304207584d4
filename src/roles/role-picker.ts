import { z } from 'zod';
import { type Holder, holderOf, type Incident, ref } from '../incidents/incident.ts';
import { userId } from '../lib/ids.ts';
import type { Policy } from '../policy.ts';
import type { View } from '../slack/api.ts';
import { input, modal, peopleSelect } from '../slack/blocks.ts';

export const ASSIGN_ROLES = 'assign-roles';

/** One people select per role, labelled with the role; an emptied one releases it. */
export const rolePicker = (incident: Incident, holders: readonly Holder[], policy: Policy): View =>
  modal({
    callback: ASSIGN_ROLES,
    title: `Roles of ${ref(incident)}`,
    submit: 'Assign',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: policy.roles.map((role) =>
      input(role.id, role.name, peopleSelect(holderOf(holders, role.id)), { optional: true, hint: role.description }),
    ),
  });

export const rolePickerForm = (policy: Policy) =>
  z
    .object(Object.fromEntries(policy.roles.map((role) => [role.id, z.string().nullable().default(null)])))
    .transform((picked) =>
      Object.entries(picked).map(([role, user]) => ({ role, user: user === null ? null : userId(user) })),
    );
