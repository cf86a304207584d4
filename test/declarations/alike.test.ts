import { expect, test } from '@jest/globals';
import { alikeTo } from '../../src/declarations/alike.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { incidentId } from '../../src/lib/ids.ts';

const incident = (title: string, more: Partial<Incident> = {}) =>
  ({ id: incidentId(7), title, services: [], kind: 'real', declaredAt: new Date(0), ...more }) as unknown as Incident;
const found = (title: string, open: Incident, services: string[] = []) =>
  alikeTo({ title, services, kind: 'real' }, [open]).length > 0;

test.each([
  ['checkout is down', 'Checkout down!'],
  ['checkout is down', 'checkout is down for EU'],
  ['search is slow', 'SEARCH  slow'],
])('"%s" may be "%s"', (a, b) => {
  expect(found(a, incident(b))).toBe(true);
});

test.each([
  ['checkout is down', 'search is down'],
  ['payments fail', 'payments are slow in Brazil'],
  ['it is down', 'all of it was not'],
  ['', ''],
])('"%s" is not "%s"', (a, b) => {
  expect(found(a, incident(b))).toBe(false);
});

test('the same service makes incidents alike, a drill and a real one never are', () => {
  expect(found('cards are declined', incident('checkout is down', { services: ['checkout'] }), ['checkout'])).toBe(
    true,
  );
  expect(found('checkout is down', incident('checkout is down', { kind: 'drill' }))).toBe(false);
});

test('three are shown, the most alike first', () => {
  const open = ['checkout down', 'checkout down eu', 'checkout is down', 'checkout down us'].map((title, n) =>
    incident(title, { id: incidentId(n + 1), declaredAt: new Date(n) }),
  );
  const ids = alikeTo({ title: 'checkout is down', services: [], kind: 'real' }, open).map((one) => one.id);
  expect(ids).toEqual([3, 1, 4]);
});
