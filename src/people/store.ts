import type { Db, Trx } from '../db/tables.ts';
import type { UserId } from '../lib/ids.ts';
import type { Known, Person } from './person.ts';

export function findPerson(db: Db, user: UserId): Promise<Known | undefined> {
  return db.selectFrom('people').selectAll().where('userId', '=', user).executeTakeFirst();
}

export function findPeople(db: Db, users: readonly UserId[]): Promise<Known[]> {
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

/** Nothing for those who are not known yet. */
export async function letSeePrivate(db: Db, user: UserId, seesPrivate: boolean): Promise<void> {
  await db.updateTable('people').set({ seesPrivate }).where('userId', '=', user).execute();
}
