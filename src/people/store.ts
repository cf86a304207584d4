import type { Db, Trx } from '../db/tables.ts';
import type { UserId } from '../lib/ids.ts';
import type { Person } from './person.ts';

export function findPerson(db: Db, user: UserId): Promise<Person | undefined> {
  return db.selectFrom('people').selectAll().where('userId', '=', user).executeTakeFirst();
}

export function findPeople(db: Db, users: readonly UserId[]): Promise<Person[]> {
  return users.length === 0
    ? Promise.resolve([])
    : db.selectFrom('people').selectAll().where('userId', 'in', users).execute();
}

export async function savePerson(db: Db | Trx, person: Person): Promise<void> {
  await db
    .insertInto('people')
    .values(person)
    .onConflict((conflict) => conflict.column('userId').doUpdateSet({ ...person }))
    .execute();
}
