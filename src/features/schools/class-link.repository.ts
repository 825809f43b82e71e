import type { ClassLinkTable } from '#db/schema.ts';
import { liveGrants } from '#features/accounts/person.repository.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { ClassLink } from './class-link.ts';
import { byGrade } from './school-class.ts';

const selectLinks = (db: Db, now: number) =>
	db
		.selectFrom('classLink')
		.innerJoin('campaign', 'campaign.id', 'classLink.campaignId')
		.innerJoin('schoolClass', 'schoolClass.id', 'classLink.schoolClassId')
		.leftJoin(liveGrants(db, now).select('roleGrant.id').as('held'), 'held.id', 'classLink.issuedBy')
		.selectAll('classLink')
		.select([
			...(['schoolClass.name as className', 'schoolClass.grade', 'held.id as heldId'] as const),
			...(['schoolClass.closedOn as classClosedOn', 'campaign.endedAt as campaignEndedAt'] as const),
			'campaign.isSample',
		]);

type Row = Omit<ClassLink, 'isIssuerIn'> & { heldId: string | null; tokenHash: string };

const toLink = <R extends Row>({ heldId, tokenHash: _, ...row }: R) => ({
	...row,
	isIssuerIn: heldId !== null,
});

/** A link as it stands at `now`, by its id or by what only its holder's token gives. */
export async function findClassLink(
	db: Db,
	by: { id: string } | { tokenHash: string },
	now: number,
): Promise<ClassLink | undefined> {
	const found = selectLinks(db, now);
	const row = await (
		'id' in by
			? found.where('classLink.id', '=', by.id)
			: found.where('classLink.tokenHash', '=', by.tokenHash)
	).executeTakeFirst();
	return row && toLink(row);
}

/** A campaign's links that nobody took back, by grade and class, each with how many sheets came by it and were not withdrawn. */
export async function listClassLinks(
	db: Db,
	campaignId: string,
	now: number,
): Promise<(ClassLink & { sheetCount: number })[]> {
	const rows = await selectLinks(db, now)
		.where('classLink.campaignId', '=', campaignId)
		.where('classLink.endedAt', 'is', null)
		.execute();
	const counts = await db
		.selectFrom('classSheet')
		.select('classLinkId')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('campaignId', '=', campaignId)
		.where('classLinkId', 'is not', null)
		.where('status', '<>', 'revoked')
		.groupBy('classLinkId')
		.execute();
	const countOf = new Map(counts.map(({ classLinkId, count }) => [classLinkId, Number(count)]));
	return rows
		.map((row) => ({ ...row, name: row.className }))
		.sort(byGrade)
		.map(({ name: _, ...row }) => ({ ...toLink(row), sheetCount: countOf.get(row.id) ?? 0 }));
}

/** True once a link was handed out in a campaign, also one that holds no more. */
export const hasClassLinks = async (db: Db, campaignId: string): Promise<boolean> =>
	(await db
		.selectFrom('classLink')
		.select('id')
		.where('campaignId', '=', campaignId)
		.limit(1)
		.executeTakeFirst()) !== undefined;

/** How many sheets that came by a link wait for approval. */
export async function countWaitingOfLink(
	db: Db,
	{ id, campaignId }: Pick<ClassLink, 'id' | 'campaignId'>,
): Promise<number> {
	const { count } = await db
		.selectFrom('classSheet')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('campaignId', '=', campaignId)
		.where('classLinkId', '=', id)
		.where('status', '=', 'entered')
		.executeTakeFirstOrThrow();
	return Number(count);
}

export const insertClassLink = (trx: Trx, row: Omit<ClassLinkTable, 'endedAt'>) =>
	trx
		.insertInto('classLink')
		.values({ ...row, endedAt: null })
		.execute();

export const endClassLinkRow = (trx: Trx, id: string, now: number) =>
	trx.updateTable('classLink').set({ endedAt: now }).where('id', '=', id).execute();

/** Ends the links of a class in a campaign that nobody ended yet. */
export const endLinksOfClass = (
	trx: Trx,
	{ campaignId, schoolClassId }: Pick<ClassLinkTable, 'campaignId' | 'schoolClassId'>,
	now: number,
) =>
	trx
		.updateTable('classLink')
		.set({ endedAt: now })
		.where('campaignId', '=', campaignId)
		.where('schoolClassId', '=', schoolClassId)
		.where('endedAt', 'is', null)
		.execute();

/** A campaign's links lapse at another instant; one that was handed out after it has lapsed as soon as it was. */
export const moveLapse = (trx: Trx, campaignId: string, lapsesAt: number) =>
	trx
		.updateTable('classLink')
		.set((eb) => ({
			lapsesAt: eb
				.case()
				.when('issuedAt', '<', lapsesAt)
				.then(lapsesAt)
				.else(eb('issuedAt', '+', 1))
				.end(),
		}))
		.where('campaignId', '=', campaignId)
		.execute();
