import type { Db, Trx } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import type { LocalDate } from '#lib/time.ts';
import type { EventSeriesTable } from '#db/schema.ts';

/** Not found once the samples are retired and it is one. */
export async function findSeries(db: Db, id: string): Promise<EventSeriesTable | undefined> {
	const series = await db.selectFrom('eventSeries').selectAll().where('id', '=', id).executeTakeFirst();
	return series?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : series;
}

/** The series of these organisations that have days from a day on, the one that ends first first. */
export async function listSeriesOf(
	db: Db,
	organisationIds: string[] | 'all',
	from: LocalDate,
): Promise<EventSeriesTable[]> {
	if (organisationIds.length === 0) return [];
	let query = db.selectFrom('eventSeries').selectAll().where('untilOn', '>=', from);
	if (organisationIds !== 'all') query = query.where('organisationId', 'in', organisationIds);
	if (await areSamplesRetired(db)) query = query.where('isSample', '=', 0);
	return query.orderBy('untilOn').orderBy('id').limit(100).execute();
}

export const insertSeries = (trx: Trx, row: EventSeriesTable) =>
	trx.insertInto('eventSeries').values(row).execute();

export const updateSeries = (trx: Trx, id: string, changes: Partial<EventSeriesTable>) =>
	trx.updateTable('eventSeries').set(changes).where('id', '=', id).execute();

/** The days to come that a pause called off and nobody has changed since, with that change. */
export async function listPaused(
	db: Db,
	seriesId: string,
	now: number,
): Promise<{ eventId: string; changeId: string }[]> {
	return db
		.selectFrom('cleanupEvent')
		.innerJoin('eventChange', (join) =>
			join
				.onRef('eventChange.eventId', '=', 'cleanupEvent.id')
				.onRef('eventChange.sequence', '=', 'cleanupEvent.sequence'),
		)
		.select(['cleanupEvent.id as eventId', 'eventChange.id as changeId'])
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('cleanupEvent.startsAt', '>', now)
		.where('eventChange.kind', '=', 'pause')
		.where('eventChange.undoneAt', 'is', null)
		.orderBy('cleanupEvent.startsAt')
		.execute();
}
