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
