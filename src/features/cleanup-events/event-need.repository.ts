import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { foldSearch } from '#lib/fold.ts';
import type { EventNeed } from './event-need.ts';

/** What an event asks for, and how many of it are promised. */
export const listNeeds = (db: Db, eventId: string) =>
	db
		.selectFrom('eventNeed')
		.select(['id', 'label', 'wanted'])
		.select(
			sql<number>`coalesce((select sum(count) from pledge where pledge.need_id = event_need.id), 0)`.as(
				'pledged',
			),
		)
		.where('eventId', '=', eventId)
		.orderBy('position')
		.execute();

export const findNeed = (db: Db, id: string) =>
	db.selectFrom('eventNeed').selectAll().where('id', '=', id).executeTakeFirst();

/** Who brings what, in the order of the list. */
export const listPledges = (db: Db, eventId: string) =>
	db
		.selectFrom('pledge')
		.innerJoin('eventNeed', 'eventNeed.id', 'pledge.needId')
		.innerJoin('signUp', 'signUp.id', 'pledge.signUpId')
		.select(['pledge.needId', 'pledge.signUpId', 'pledge.count', 'signUp.name'])
		.where('eventNeed.eventId', '=', eventId)
		.orderBy('eventNeed.position')
		.orderBy('signUp.createdAt')
		.execute();

/** How many of something others bring. */
export async function sumOthers(trx: Trx, needId: string, signUpId: string): Promise<number> {
	const row = await trx
		.selectFrom('pledge')
		.select(sql<number>`coalesce(sum(count), 0)`.as('count'))
		.where('needId', '=', needId)
		.where('signUpId', '<>', signUpId)
		.executeTakeFirstOrThrow();
	return row.count;
}

export const findPledge = (trx: Trx, needId: string, signUpId: string) =>
	trx
		.selectFrom('pledge')
		.select('count')
		.where('needId', '=', needId)
		.where('signUpId', '=', signUpId)
		.executeTakeFirst();

/** None is no row. */
export async function setPledge(trx: Trx, needId: string, signUpId: string, count: number): Promise<void> {
	await trx.deleteFrom('pledge').where('needId', '=', needId).where('signUpId', '=', signUpId).execute();
	if (count > 0) await trx.insertInto('pledge').values({ needId, signUpId, count }).execute();
}

/**
 * Puts what is asked for in the place of what stood; promises stay with the thing that is called the same, or was given
 * another name in its line. Refuses with 409 to take out what somebody has promised.
 */
export async function replaceNeeds(
	trx: Trx,
	eventId: string,
	needs: readonly EventNeed[],
	now: number,
): Promise<void> {
	const stand = await listNeeds(trx, eventId);
	const same = needs.map((need) => stand.find((each) => foldSearch(each.label) === foldSearch(need.label)));
	// A line whose thing stands nowhere else was given another name.
	const kept = same.map((each, index) => each ?? (same.includes(stand[index]) ? undefined : stand[index]));
	const left = stand.filter((each) => !kept.includes(each));
	const promised = left.find(({ pledged }) => pledged > 0);
	if (promised) {
		const values = { label: promised.label, count: promised.pledged };
		throw new DomainError('CONFLICT', 'needPledged', { field: 'needs', values });
	}
	const gone = left.map(({ id }) => id);
	if (gone.length > 0) {
		await trx.deleteFrom('eventNeed').where('id', 'in', gone).execute();
	}
	for (const [index, need] of needs.entries()) {
		const position = index + 1;
		const current = kept[index];
		if (current)
			await trx
				.updateTable('eventNeed')
				.set({ ...need, position })
				.where('id', '=', current.id)
				.execute();
		else
			await trx
				.insertInto('eventNeed')
				.values({ id: uuidv7(now), eventId, position, ...need })
				.execute();
	}
}
