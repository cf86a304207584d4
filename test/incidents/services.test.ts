import { expect, test } from '@jest/globals';
import { servicesFor, servicesInput } from '../../src/incidents/services.ts';

const service = (id: string, name: string) => ({ id, name, owner: null, runbook: null, invite: [] });
const many = Array.from({ length: 300 }, (_, n) => service(`svc-${n}`, `Service ${n}`));
const catalogue = { services: [...many, service('web-pay', 'Web checkout'), service('checkout', 'Payments')] };

test('services are found by a part of their name or id in any case, those that begin with it first', () => {
  expect(servicesFor(catalogue, ' CHECK ').map(({ value }) => value)).toEqual(['checkout', 'web-pay']);
  expect(servicesFor(catalogue, 'ice 29')).toHaveLength(11);
  expect(servicesFor(catalogue, '')).toHaveLength(100);
  expect(servicesFor(catalogue, 'no such')).toEqual([]);
});

test('up to a hundred services are a list, more are searched for, and those chosen are shown', () => {
  const element = (services: typeof many, chosen: readonly string[]) =>
    servicesInput({ services }, chosen).map((block) => block.element)[0];
  expect(element(many.slice(0, 100), ['svc-3'])).toMatchObject({ type: 'multi_static_select' });
  expect(element(many, ['svc-299', 'gone'])).toMatchObject({
    type: 'multi_external_select',
    initial_options: [{ value: 'svc-299' }],
  });
  expect(element(many, [])).not.toHaveProperty('initial_options');
  expect(element([], [])).toBeUndefined();
});
