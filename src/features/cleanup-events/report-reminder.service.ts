// Leads are reminded, once, of a report that is missing two days after its morning; by the process.
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { listOverdueReports } from './cleanup-event.repository.ts';

const MANY = 1000;

export async function remindLeads(db: Db, now: number): Promise<void> {
	const overdue = await listOverdueReports(db, now, MANY);
	if (overdue.length === 0) return;
	await inTransaction(db, async (trx) => {
		for (const { id, isSample } of overdue)
			await tellNews(trx, { kind: 'report.overdue', subjectId: id, version: 'once', isSample }, now);
	});
}
