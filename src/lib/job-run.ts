import { inTransaction, type Db } from './db.ts';

/** A run that has not ended by then was cut off. */
const CUT_OFF_MS = 3_600_000;

type Run = { name: string; window: string };

/** Takes a job's window; false when another process has it, or had it. */
export const takeJob = (db: Db, { name, window }: Run, now: number): Promise<boolean> =>
	inTransaction(db, async (trx) => {
		const { numInsertedOrUpdatedRows: inserted } = await trx
			.insertInto('jobRun')
			.values({ name, runWindow: window, startedAt: now, finishedAt: null })
			.onConflict((conflict) => conflict.doNothing())
			.executeTakeFirst();
		if (Number(inserted) === 1) return true;
		const { numUpdatedRows } = await trx
			.updateTable('jobRun')
			.set({ startedAt: now })
			.where('name', '=', name)
			.where('runWindow', '=', window)
			.where('finishedAt', 'is', null)
			.where('startedAt', '<=', now - CUT_OFF_MS)
			.executeTakeFirst();
		return Number(numUpdatedRows) === 1;
	});

/** Long enough to look back at what failed; no job asks for a window of so long ago. */
const KEPT_MS = 30 * 24 * CUT_OFF_MS;

/** Runs of long ago leave the table. */
export const clearJobRuns = (db: Db, now: number) =>
	db
		.deleteFrom('jobRun')
		.where('startedAt', '<=', now - KEPT_MS)
		.execute();

/** The job has done what its window asked for. */
export async function finishJob(db: Db, { name, window }: Run, now: number): Promise<void> {
	await db
		.updateTable('jobRun')
		.set({ finishedAt: now })
		.where('name', '=', name)
		.where('runWindow', '=', window)
		.execute();
}
