import type { Policy, Service } from '../policy.ts';
import { askingMultiSelect, type Block, type Choice, input, multiSelect } from '../slack/blocks.ts';
import { elementLimits } from '../slack/limits.ts';

type Catalogue = Pick<Policy, 'services'>;

/** The field of forms that asks which services are meant: a list, or beyond what a list may hold a search. */
export function servicesInput(policy: Catalogue, chosen: readonly string[]): Block[] {
  const all = policy.services.map(choice);
  if (all.length === 0) return [];
  const isList = all.length <= elementLimits.selectOptions;
  const shown = servicesShown(policy, chosen);
  const element = isList
    ? multiSelect(all, chosen)
    : askingMultiSelect(
        all.filter((one) => shown.includes(one.value)),
        'Type a part of the name',
      );
  return [input('services', 'Services', element, { optional: true })];
}

/** Of an incident's services those its form shows at first. */
export const servicesShown = ({ services }: Catalogue, chosen: readonly string[]): string[] =>
  services
    .map((service) => service.id)
    .filter((id) => chosen.includes(id))
    .slice(0, elementLimits.selectOptions);

/** What is offered for what was typed: names that begin with it, then those that hold it. */
export function servicesFor({ services }: Catalogue, typed: string): Choice[] {
  const words = typed.trim().toLowerCase();
  const names = (service: Service) => [service.name.toLowerCase(), service.id];
  const held = services.filter((service) => names(service).some((name) => name.includes(words)));
  const isFirst = (service: Service) => names(service).some((name) => name.startsWith(words));
  return [...held.filter(isFirst), ...held.filter((one) => !isFirst(one))]
    .slice(0, elementLimits.selectOptions)
    .map(choice);
}

const choice = (service: Service): Choice => ({ text: service.name, value: service.id });
