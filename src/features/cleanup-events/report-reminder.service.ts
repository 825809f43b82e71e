// Leads are reminded, once, of a report that is missing two days after its morning; by the process.
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { REPORT_DUE_MS } from './cleanup-event.ts';
import { listOverdueReports } from './cleanup-event.repository.ts';

const MANY = 1000;
/** Of what is long past nobody is reminded any more. */
const FRESH_MS = 7 * 24 * 3_600_000;

export async function remindLeads(db: Db, now: number): Promise<void> {
	const overdue = await listOverdueReports(db, now, MANY);
	const fresh = overdue.filter(({ endsAt }) => endsAt > now - REPORT_DUE_MS - FRESH_MS);
	if (fresh.length === 0) return;
	await inTransaction(db, async (trx) => {
		for (const { id, isSample } of fresh)
			await tellNews(trx, { kind: 'report.overdue', subjectId: id, version: 'once', isSample }, now);
	});
}
