import { sql, type Kysely } from 'kysely';
import { createTables } from './dialect.ts';

const HOUR = 3_600_000;
/** The date in Vietnam on the day after an instant. */
const dayAfter = (at: number) => new Date(at + 31 * HOUR).toISOString().slice(0, 10);

/**
 * The end of a campaign keeps which class counts with which. Until now it was told from the days: whoever became one
 * class on the day after the end at the latest had done so before it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		'alter table campaign_class add column counts_with_id text references school_class (id)',
	]);
	const { rows } = await sql<{ id: string; endedAt: number | string }>`
		select id, ended_at as "endedAt" from campaign where ended_at is not null`.execute(db);
	for (const { id, endedAt } of rows)
		await sql`
			update campaign_class set counts_with_id =
				(select merged_into_id from school_class where school_class.id = campaign_class.school_class_id)
			where campaign_id = ${id} and school_class_id in
				(select id from school_class where merged_into_id is not null and closed_on <= ${dayAfter(Number(endedAt))})
		`.execute(db);
}
