import type { EventReportTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { EventReport } from './cleanup-event.ts';
import type { ReportLine } from './event-report.ts';

/** Every revision of these events' reports, oldest first. */
async function listRevisions(db: Db, eventIds: string[]): Promise<EventReport[]> {
	if (eventIds.length === 0) return [];
	const rows = await db
		.selectFrom('eventReport')
		.leftJoin('greenHouse', 'greenHouse.id', 'eventReport.greenHouseId')
		.selectAll('eventReport')
		.select(['greenHouse.code as houseCode', 'greenHouse.nameVi as houseName'])
		.where('eventId', 'in', eventIds)
		.orderBy('revision')
		.execute();
	if (rows.length === 0) return [];
	const lines = await db
		.selectFrom('eventReportLine')
		.innerJoin('material', 'material.code', 'eventReportLine.materialCode')
		.selectAll('eventReportLine')
		.select(['material.nameVi', 'material.nameEn'])
		.where('eventId', 'in', eventIds)
		.orderBy('material.sortOrder')
		.execute();
	return rows.map((row) => ({
		...row,
		lines: lines.flatMap(({ eventId, revision, ...line }) =>
			eventId === row.eventId && revision === row.revision ? [line] : [],
		),
	}));
}

/** The newest report of each of these events. */
export const findReports = async (db: Db, eventIds: string[]): Promise<Map<string, EventReport>> =>
	new Map((await listRevisions(db, eventIds)).map((report) => [report.eventId, report]));

/** Every revision of an event's report, newest first. */
export const listReports = async (db: Db, eventId: string): Promise<EventReport[]> =>
	(await listRevisions(db, [eventId])).reverse();

export async function insertReport(trx: Trx, row: EventReportTable, lines: ReportLine[]): Promise<void> {
	await trx.insertInto('eventReport').values(row).execute();
	if (lines.length === 0) return;
	const { eventId, revision } = row;
	await trx
		.insertInto('eventReportLine')
		.values(
			lines.map(({ material, unit, quantityMilli }) => ({
				...{ eventId, revision, materialCode: material, unit, quantityMilli },
			})),
		)
		.execute();
}
