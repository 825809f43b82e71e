import type { AttendanceTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { Figure } from './attendance.ts';

export const findAttendance = (trx: Trx, id: string) =>
	trx.selectFrom('attendance').selectAll().where('id', '=', id).executeTakeFirst();

export const insertAttendance = (trx: Trx, row: AttendanceTable) =>
	trx.insertInto('attendance').values(row).execute();

/** All that was said of who came to an event. */
export async function listFigures(db: Db, eventId: string): Promise<Figure[]> {
	const rows = await db
		.selectFrom('attendance')
		.select(['id', 'signUpId', 'device', 'isChoice', 'heads', 'minors', 'statedAt'])
		.select('checkedInAt as at')
		.where('eventId', '=', eventId)
		.orderBy('checkedInAt')
		.orderBy('id')
		.execute();
	return rows.map((row) => ({ ...row, isChoice: row.isChoice === 1 }));
}

/** By whom each figure of an event was said. */
export async function listLeads(db: Db, eventId: string): Promise<Map<string, string | null>> {
	const rows = await db
		.selectFrom('attendance')
		.innerJoin('roleGrant', 'roleGrant.id', 'attendance.recordedBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['attendance.id', 'person.displayName'])
		.where('attendance.eventId', '=', eventId)
		.execute();
	return new Map(rows.map(({ id, displayName }) => [id, displayName]));
}

/** Everybody who ever signed up, units first; of who cancelled no name is known. */
export const listExpected = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'kind', 'name', 'headCount', 'status'])
		.where('eventId', '=', eventId)
		.orderBy('kind', 'desc')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();
export type Expected = Awaited<ReturnType<typeof listExpected>>[number];
