import { sql } from 'kysely';
import type { DisclosureTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';

/** Each with the role and the organisation that say it, the photo's state, and the record that took it back. */
const selectDisclosures = (db: Db) =>
	db
		.selectFrom('disclosure')
		.innerJoin('roleGrant', 'roleGrant.id', 'disclosure.recordedBy')
		.innerJoin('fund', 'fund.id', 'disclosure.fundId')
		.leftJoin('organisation', (join) =>
			join.on('organisation.id', '=', (eb) =>
				eb.fn.coalesce(
					eb.case().when('roleGrant.scopeKind', '=', 'organisation').then(eb.ref('roleGrant.scopeId')).end(),
					'fund.organisationId',
				),
			),
		)
		.leftJoin('photo', 'photo.id', 'disclosure.photoId')
		.leftJoin('disclosure as withdrawal', 'withdrawal.replacesId', 'disclosure.id')
		.selectAll('disclosure')
		.select(['roleGrant.role', 'organisation.name as organisationName'])
		.select([
			'photo.status as photoStatus',
			'photo.childrenDeclared',
			'photo.decidedAt as photoDecidedAt',
			'photo.publicKey as photoPublicKey',
			'photo.publicFrames as photoPublicFrames',
			'photo.width as photoWidth',
			'photo.height as photoHeight',
		])
		.select([
			'withdrawal.withdrawReason as takenBackReason',
			'withdrawal.recordedAt as takenBackAt',
			'withdrawal.id as takenBackById',
		]);

export type Disclosure = Awaited<ReturnType<typeof listDisclosures>>[number];

export const findDisclosure = (db: Db, id: string) =>
	selectDisclosures(db).where('disclosure.id', '=', id).executeTakeFirst();

/** Where the page before ended. */
export type DisclosureKey = Pick<DisclosureTable, 'fromOn' | 'id'>;

/** What stands of a fund's disclosures, the newest first. */
export function listDisclosures(
	db: Db,
	fundId: string,
	page: { before?: DisclosureKey | undefined; limit: number },
) {
	let query = selectDisclosures(db)
		.where('disclosure.fundId', '=', fundId)
		.where('disclosure.replacesId', 'is', null)
		.where('withdrawal.id', 'is', null);
	const { before } = page;
	if (before)
		query = query.where(({ eb, refTuple, tuple }) =>
			eb(refTuple('disclosure.fromOn', 'disclosure.id'), '<', tuple(before.fromOn, before.id)),
		);
	return query
		.orderBy('disclosure.fromOn', 'desc')
		.orderBy('disclosure.id', 'desc')
		.limit(page.limit)
		.execute();
}

/** What was recorded and taken back, the last taken back first. */
export const listTakenBack = (db: Db, fundId: string, limit: number) =>
	selectDisclosures(db)
		.where('disclosure.fundId', '=', fundId)
		.where('withdrawal.id', 'is not', null)
		.orderBy('withdrawal.recordedAt', 'desc')
		.orderBy('disclosure.id', 'desc')
		.limit(limit)
		.execute();

/** The first day on which each month's sheet hung on a board; what was taken back does not count. */
export async function listHungSheets(db: Db, fundId: string): Promise<Map<string, LocalDate>> {
	const rows = await db
		.selectFrom('disclosure')
		.leftJoin('disclosure as withdrawal', 'withdrawal.replacesId', 'disclosure.id')
		.select(['disclosure.month', sql<string>`min(disclosure.from_on)`.as('hungOn')])
		.where('disclosure.fundId', '=', fundId)
		.where('disclosure.form', '=', 'board')
		.where('disclosure.month', 'is not', null)
		.where('disclosure.replacesId', 'is', null)
		.where('withdrawal.id', 'is', null)
		.groupBy('disclosure.month')
		.execute();
	return new Map(rows.map((row) => [row.month!, row.hungOn]));
}

export const findDisclosureOfPhoto = (db: Db, photoId: string) =>
	db
		.selectFrom('disclosure')
		.innerJoin('fund', 'fund.id', 'disclosure.fundId')
		.select(['fund.id', 'fund.organisationId', 'fund.isSample'])
		.where('disclosure.photoId', '=', photoId)
		.executeTakeFirst();

export const insertDisclosure = (trx: Trx, row: DisclosureTable) =>
	trx.insertInto('disclosure').values(row).execute();

export const endDisclosureRow = (trx: Trx, id: string, toOn: LocalDate) =>
	trx.updateTable('disclosure').set({ toOn }).where('id', '=', id).execute();
