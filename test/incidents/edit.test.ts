import { expect, test } from '@jest/globals';
import { correct } from '../../src/incidents/edit.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { at, makeIncident, olivia } from '../support/given.ts';

const service = (id: string, invite: string[]) => ({ id, name: id, owner: null, runbook: null, invite });
const services = [service('checkout', ['@pay']), service('search', ['@search', '@pay']), service('mail', ['@search'])];

const invited = (over: Partial<Incident>, to: readonly string[]) =>
  (
    correct(makeIncident(over), { services: [...to] }, olivia, { services }, at('15:00')).jobs?.map(({ job }) => job) ??
    []
  ).flatMap((job) => (job.kind === 'invite' ? [job.who] : []));

test('a service that is named later brings in its people, once each; those of a service named before are not asked again', () => {
  expect(invited({ services: ['checkout'] }, ['checkout', 'search', 'mail'])).toEqual([['@search', '@pay']]);
  expect(invited({ services: ['checkout', 'mail'] }, ['mail'])).toEqual([]);
  expect(invited({ services: [] }, ['unknown'])).toEqual([]);
});

test('of an incident that has ended nobody is invited for what is put right', () => {
  expect(invited({ status: 'resolved', services: [] }, ['search'])).toEqual([]);
  expect(invited({ status: 'mitigated', services: [] }, ['search'])).toEqual([['@search', '@pay']]);
});
