import type { Policy } from '../policy.ts';
import { type Block, context, input, select } from '../slack/blocks.ts';
import { objectLimits } from '../slack/limits.ts';
import { md } from '../slack/mrkdwn.ts';

/**
 * The field of forms that asks for the severity. Slack gives a choice one line of description, so what decides between
 * them stands whole below it.
 */
export function severityInput(
  { severities }: Pick<Policy, 'severities'>,
  chosen: string | null,
  more: { readonly hint?: string } = {},
): Block[] {
  const choices = severities.map(({ id, criteria }) => ({ text: id, value: id, description: brief(criteria) }));
  const criteria = severities.filter((one) => one.criteria !== '').map((one) => md`*${one.id}* ${one.criteria}`);
  return [
    input('severity', 'Severity', select(choices, chosen), more),
    ...(criteria.length > 0 ? [context(...criteria)] : []),
  ];
}

const brief = (criteria: string): string => {
  const most = objectLimits.optionDescription;
  return criteria.length > most ? `${criteria.slice(0, most - 1)}…` : criteria;
};
