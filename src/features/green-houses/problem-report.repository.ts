import type { Db, Trx } from '#lib/db.ts';
import type { ProblemReportTable } from '#db/schema.ts';
import { WORDS_KEPT_CLOSED_MS, WORDS_KEPT_MS, type ProblemKind } from './problem-report.ts';

export const findProblem = (db: Db, id: string): Promise<ProblemReportTable | undefined> =>
	db.selectFrom('problemReport').selectAll().where('id', '=', id).executeTakeFirst();

/** Reports with how many others have seen the same. */
const selectProblems = (db: Db, houseId: string) =>
	db
		.selectFrom('problemReport')
		.select(['id', 'kind', 'seenAt', 'closedAt', 'closingNote'])
		.select((eb) =>
			eb
				.selectFrom('problemVoice')
				.select(({ fn }) => fn.countAll<number>().as('count'))
				.whereRef('problemVoice.problemReportId', '=', 'problemReport.id')
				.as('voices'),
		)
		.where('greenHouseId', '=', houseId);

export type OpenProblem = { id: string; kind: ProblemKind; seenAt: number; voices: number };

/** More nobody reads before they write their own, and strangers make as many as they like. */
const MOST_OFFERED = 5;

/** The newest that are open at a house, of one kind or of all, as everybody may see them: without anybody's words. */
export async function listOpenProblems(db: Db, houseId: string, kind?: ProblemKind): Promise<OpenProblem[]> {
	let query = selectProblems(db, houseId).where('closedAt', 'is', null);
	if (kind) query = query.where('kind', '=', kind);
	const rows = await query.orderBy('recordedAt', 'desc').orderBy('id', 'desc').limit(MOST_OFFERED).execute();
	return rows.map((row) => ({ ...row, voices: Number(row.voices ?? 0) }));
}

/** The same with their words, for whoever looks after the house; closed ones too, newest first. */
export async function listProblemsWithText(db: Db, houseId: string, isOpen: boolean, limit: number) {
	const rows = await selectProblems(db, houseId)
		.select('text')
		.where('closedAt', isOpen ? 'is' : 'is not', null)
		.orderBy(isOpen ? 'recordedAt' : 'closedAt', 'desc')
		.orderBy('id', 'desc')
		.limit(limit)
		.execute();
	return rows.map((row) => ({ ...row, voices: Number(row.voices ?? 0) }));
}

/** How the newest problem of a house that was closed ended. */
export const findLastClosed = (db: Db, houseId: string) =>
	db
		.selectFrom('problemReport')
		.select(['kind', 'seenAt', 'closedAt', 'closingNote'])
		.where('greenHouseId', '=', houseId)
		.where('closedAt', 'is not', null)
		.orderBy('closedAt', 'desc')
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst();

/** How many reports of each kind are open at a house. */
export async function countOpenKinds(db: Db, houseId: string): Promise<Map<ProblemKind, number>> {
	const rows = await db
		.selectFrom('problemReport')
		.select(({ fn }) => ['kind', fn.countAll<number>().as('count')])
		.where('greenHouseId', '=', houseId)
		.where('closedAt', 'is', null)
		.groupBy('kind')
		.execute();
	return new Map(rows.map(({ kind, count }) => [kind, Number(count)]));
}

/** How many reports are open at each of these houses. */
export async function countOpenProblems(db: Db, houseIds: string[]): Promise<Map<string, number>> {
	if (houseIds.length === 0) return new Map();
	const rows = await db
		.selectFrom('problemReport')
		.select(({ fn }) => ['greenHouseId', fn.countAll<number>().as('count')])
		.where('greenHouseId', 'in', houseIds)
		.where('closedAt', 'is', null)
		.groupBy('greenHouseId')
		.execute();
	return new Map(rows.map(({ greenHouseId, count }) => [greenHouseId, Number(count)]));
}

export async function insertProblem(trx: Trx, row: ProblemReportTable): Promise<void> {
	await trx.insertInto('problemReport').values(row).execute();
}

/** A second voice of one device changes nothing. */
export async function insertVoice(
	trx: Trx,
	problemReportId: string,
	deviceAliasId: string,
	now: number,
): Promise<void> {
	await trx
		.insertInto('problemVoice')
		.values({ problemReportId, deviceAliasId, voicedAt: now })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

export async function closeProblemRow(
	trx: Trx,
	id: string,
	closing: { closedAt: number; closedBy: string; closingNote: string },
): Promise<void> {
	await trx.updateTable('problemReport').set(closing).where('id', '=', id).execute();
}

/**
 * The words of what ended a while ago, or of what nobody has closed in a year, go, and the hash by which they could be
 * guessed; the reports stay.
 */
export const forgetProblemWords = (trx: Trx, now: number) =>
	trx
		.updateTable('problemReport')
		.set({ text: null, contentHash: '' })
		.where('text', 'is not', null)
		.where((eb) =>
			eb.or([eb('closedAt', '<=', now - WORDS_KEPT_CLOSED_MS), eb('recordedAt', '<=', now - WORDS_KEPT_MS)]),
		)
		.execute();
