import type { RightsRequestAnswerTable, RightsRequestTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertRequest = (trx: Trx, request: RightsRequestTable) =>
	trx.insertInto('rightsRequest').values(request).execute();

export const findRequest = (db: Db, id: string) =>
	db.selectFrom('rightsRequest').selectAll().where('id', '=', id).executeTakeFirst();

/** A person's own requests, newest first. */
export const listRequestsOf = (db: Db, personId: string) =>
	db
		.selectFrom('rightsRequest')
		.selectAll()
		.where('personId', '=', personId)
		.orderBy('requestedAt', 'desc')
		.orderBy('id')
		.execute();

/** How many answers to a person's requests wait to be read. */
export async function countUnreadAnswers(db: Db, personId: string): Promise<number> {
	const { count } = await db
		.selectFrom('rightsRequest')
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.where('personId', '=', personId)
		.where('repliedAt', 'is not', null)
		.where('readAt', 'is', null)
		.executeTakeFirstOrThrow();
	return count;
}

/** Requests of real or of sample people that are not completed, the one due first at the top, with who asks. */
export const listOpenRequests = (db: Db, isSample: boolean) =>
	db
		.selectFrom('rightsRequest')
		.innerJoin('person', 'person.id', 'rightsRequest.personId')
		.selectAll('rightsRequest')
		.select(['person.displayName', 'person.phoneE164', 'person.email'])
		.where('rightsRequest.completedAt', 'is', null)
		.where('person.isSample', '=', isSample ? 1 : 0)
		.orderBy('rightsRequest.completeDueOn')
		.orderBy('rightsRequest.id')
		.execute();

const COMPLETED_MAX = 500;

/** Requests of real or of sample people that are completed, the newest first, with who asked. */
export const listCompletedRequests = (db: Db, isSample: boolean) =>
	db
		.selectFrom('rightsRequest')
		.innerJoin('person', 'person.id', 'rightsRequest.personId')
		.selectAll('rightsRequest')
		.select(['person.displayName', 'person.erasedAt'])
		.where('rightsRequest.completedAt', 'is not', null)
		.where('person.isSample', '=', isSample ? 1 : 0)
		.orderBy('rightsRequest.requestedAt', 'desc')
		.orderBy('rightsRequest.id')
		.limit(COMPLETED_MAX)
		.execute();

export const insertAnswer = (trx: Trx, answer: RightsRequestAnswerTable) =>
	trx.insertInto('rightsRequestAnswer').values(answer).execute();

/** Every answer to these requests by the request's id, the first one first. */
export async function findAnswers(
	db: Db,
	requestIds: string[],
): Promise<Map<string, RightsRequestAnswerTable[]>> {
	if (requestIds.length === 0) return new Map();
	const rows = await db
		.selectFrom('rightsRequestAnswer')
		.selectAll()
		.where('requestId', 'in', requestIds)
		.orderBy('answeredAt')
		.orderBy('id')
		.execute();
	const byRequest = new Map<string, RightsRequestAnswerTable[]>();
	for (const row of rows) byRequest.set(row.requestId, [...(byRequest.get(row.requestId) ?? []), row]);
	return byRequest;
}

export const updateRequest = (
	trx: Trx,
	id: string,
	change: Partial<Pick<RightsRequestTable, 'repliedAt' | 'completedAt' | 'readAt'>>,
) => trx.updateTable('rightsRequest').set(change).where('id', '=', id).execute();

/** What a person wrote goes with them, and what is still open is done. */
export const eraseRequests = async (trx: Trx, personId: string, now: number): Promise<void> => {
	const own = trx.selectFrom('rightsRequest').select('id').where('personId', '=', personId);
	await trx.updateTable('rightsRequestAnswer').set({ text: '' }).where('requestId', 'in', own).execute();
	await trx.updateTable('rightsRequest').set({ text: '' }).where('personId', '=', personId).execute();
	await trx
		.updateTable('rightsRequest')
		.set({ completedAt: now })
		.where('personId', '=', personId)
		.where('completedAt', 'is', null)
		.execute();
};
