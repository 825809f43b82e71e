import { sql } from 'kysely';
import type { Db } from './db.ts';

/** The kinds of rows whose samples leave when the first real row comes (product.md, rule 8). */
export type SampleKind = 'green_house' | 'cleanup_event' | 'fund' | 'organisation';

const RETIRED = 'samples_retired';

/** True after `npm run admin -- retire-sample`. */
export async function areSamplesRetired(db: Db): Promise<boolean> {
	const row = await db
		.selectFrom('portalSetting')
		.select('value')
		.where('key', '=', RETIRED)
		.executeTakeFirst();
	return row !== undefined;
}

/**
 * Which rows of a kind totals, lists and feeds show: 1 = the samples, 0 = the real ones.
 * Use as `.where('isSample', '=', await shownSample(db, 'fund'))`.
 */
export async function shownSample(db: Db, kind: SampleKind): Promise<0 | 1> {
	const { rows } = await sql<{ real: number }>`
		select case when exists (select 1 from ${sql.table(kind)} where is_sample = 0)
			or exists (select 1 from portal_setting where key = ${RETIRED}) then 1 else 0 end as "real"
	`.execute(db);
	return rows[0]?.real === 1 ? 0 : 1;
}

/** True while any page may show a sample row; search engines are asked to stay away then. */
export async function areSamplesShown(db: Db): Promise<boolean> {
	const { rows } = await sql<{ shown: number }>`
		select case
			when exists (select 1 from portal_setting where key = ${RETIRED}) then 0
			when exists (select 1 from green_house where is_sample = 1) then 1
			when exists (select 1 from cleanup_event where is_sample = 1) then 1
			when exists (select 1 from fund where is_sample = 1) then 1
			else 0 end as "shown"
	`.execute(db);
	return rows[0]?.shown === 1;
}

/** Hides every sample row for good; the rows stay in the database. False when they were hidden before. */
export async function retireSamples(db: Db): Promise<boolean> {
	const { numInsertedOrUpdatedRows } = await db
		.insertInto('portalSetting')
		.values({ key: RETIRED, value: 'yes' })
		.onConflict((conflict) => conflict.column('key').doNothing())
		.executeTakeFirst();
	return numInsertedOrUpdatedRows === 1n;
}
