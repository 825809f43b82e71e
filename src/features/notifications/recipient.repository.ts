import { sql } from 'kysely';
import type { FollowTable, RecipientTable } from '#db/schema.ts';
import { shortHouseName } from '#features/green-houses/green-house.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { Target, TargetKind } from './follow.ts';

export const findRecipient = (db: Db, id: string) =>
	db.selectFrom('recipient').selectAll().where('id', '=', id).executeTakeFirst();

export type RecipientKey = Pick<RecipientTable, 'channel' | 'address' | 'personId'>;

export const findRecipientOf = (db: Db, { channel, address, personId }: RecipientKey) =>
	db
		.selectFrom('recipient')
		.selectAll()
		.where('channel', '=', channel)
		.where('address', '=', address)
		.where('personId', personId === null ? 'is' : '=', personId)
		.executeTakeFirst();

export const insertRecipient = (trx: Trx, row: RecipientTable) =>
	trx.insertInto('recipient').values(row).execute();

export const updateRecipient = (trx: Trx, id: string, changes: Partial<RecipientTable>) =>
	trx.updateTable('recipient').set(changes).where('id', '=', id).execute();

const count = (db: Db, table: 'recipient' | 'follow', column: 'personId' | 'recipientId', id: string) =>
	db
		.selectFrom(table)
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where(sql.ref(column), '=', id)
		.executeTakeFirstOrThrow()
		.then((row) => Number(row.count));

export const countRecipients = (db: Db, personId: string) => count(db, 'recipient', 'personId', personId);
export const countFollows = (db: Db, recipientId: string) => count(db, 'follow', 'recipientId', recipientId);

export const upsertFollow = (trx: Trx, row: FollowTable) =>
	trx
		.insertInto('follow')
		.values(row)
		.onConflict((conflict) =>
			conflict.columns(['recipientId', 'targetKind', 'targetId']).doUpdateSet({ kinds: row.kinds }),
		)
		.execute();

export const insertFollowOnce = (trx: Trx, row: FollowTable) =>
	trx
		.insertInto('follow')
		.values(row)
		.onConflict((conflict) => conflict.doNothing())
		.execute();

export const hasFollow = async (db: Db, recipientId: string, target: Target): Promise<boolean> =>
	(await db
		.selectFrom('follow')
		.select('id')
		.where('recipientId', '=', recipientId)
		.where('targetKind', '=', target.kind)
		.where('targetId', '=', target.id)
		.executeTakeFirst()) !== undefined;

/** Whose follow it is. */
export const findFollow = (db: Db, id: string) =>
	db
		.selectFrom('follow')
		.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
		.select(['follow.id', 'follow.recipientId', 'follow.targetKind', 'recipient.personId'])
		.where('follow.id', '=', id)
		.executeTakeFirst();

export const setKinds = (trx: Trx, id: string, kinds: string) =>
	trx.updateTable('follow').set({ kinds }).where('id', '=', id).execute();

export const deleteFollow = (trx: Trx, id: string) => trx.deleteFrom('follow').where('id', '=', id).execute();

/** Whoever else follows by the same address. */
const findHeir = (trx: Trx, id: string, leaving: string[]) =>
	trx
		.selectFrom('recipient as gone')
		.innerJoin('recipient as heir', (join) =>
			join
				.onRef('heir.channel', '=', 'gone.channel')
				.onRef('heir.address', '=', 'gone.address')
				.onRef('heir.isSample', '=', 'gone.isSample'),
		)
		.select('heir.id')
		.where('gone.id', '=', id)
		.where('heir.id', 'not in', leaving)
		.orderBy('heir.id')
		.executeTakeFirst();

/**
 * They stop, with all that they follow; what waits for them is not sent. Where somebody else follows by the same
 * address, what it was told and what waits is theirs from now on.
 */
export async function deleteRecipients(trx: Trx, ids: string[], now: number): Promise<void> {
	if (ids.length === 0) return;
	for (const id of ids) {
		const heir = await findHeir(trx, id, ids);
		if (!heir) continue;
		const handOn = trx.updateTable('outboxMessage').set({ recipientId: heir.id });
		await handOn.where('recipientId', '=', id).execute();
	}
	// Dropping counts as a try, as where a message is taken and found to be of no use: what was tried before is seen.
	await trx
		.updateTable('outboxMessage')
		.set((eb) => ({ droppedAt: now, leaseUntil: null, tries: eb('tries', '+', 1) }))
		.where('recipientId', 'in', ids)
		.where('sentAt', 'is', null)
		.where('failedAt', 'is', null)
		.where('droppedAt', 'is', null)
		.execute();
	await trx.deleteFrom('recipient').where('id', 'in', ids).execute();
}

/** A browser's endpoint that is no more goes, whoever followed by it. */
export async function deleteEndpoint(trx: Trx, endpoint: string, now: number): Promise<void> {
	const found = await trx
		.selectFrom('recipient')
		.select('id')
		.where('channel', '=', 'push')
		.where('address', '=', endpoint)
		.execute();
	await deleteRecipients(
		trx,
		found.map(({ id }) => id),
		now,
	);
}

/** Everything that a person, or a device that is linked to them, is told by. */
export const listRecipientsOf = (db: Db, personId: string) =>
	db
		.selectFrom('recipient')
		.leftJoin('deviceAlias', 'deviceAlias.id', 'recipient.deviceAliasId')
		.select(['recipient.id', 'recipient.channel', 'recipient.address', 'recipient.createdAt'])
		.where((eb) =>
			eb.or([eb('recipient.personId', '=', personId), eb('deviceAlias.personId', '=', personId)]),
		)
		.orderBy('recipient.createdAt')
		.orderBy('recipient.id')
		.execute();

/** By what an account is told. */
export const listOwnRecipients = (db: Db, personId: string) =>
	db
		.selectFrom('recipient')
		.select(['id', 'channel', 'address', 'sessionId'])
		.where('personId', '=', personId)
		.orderBy('createdAt')
		.orderBy('id')
		.execute();

/**
 * Whether by an address somebody came to an event after an instant: they follow it since, or signed up for it. What they
 * read then was how it stood.
 */
export const hasComeSince = async (
	db: Db,
	{ channel, address }: Pick<RecipientTable, 'channel' | 'address'>,
	eventId: string,
	since: number,
): Promise<boolean> =>
	(await db
		.selectFrom('recipient')
		.innerJoin('follow', 'follow.recipientId', 'recipient.id')
		.leftJoin('signUp', (join) =>
			join
				.onRef('signUp.personId', '=', 'recipient.personId')
				.on('signUp.eventId', '=', eventId)
				.on('signUp.status', '<>', 'cancelled'),
		)
		.select('recipient.id')
		.where('recipient.channel', '=', channel)
		.where('recipient.address', '=', address)
		.where((eb) =>
			eb.or([
				eb.and([
					eb('follow.targetKind', '=', 'event'),
					eb('follow.targetId', '=', eventId),
					eb('follow.createdAt', '>', since),
				]),
				eb.and([eb('follow.targetKind', '=', 'own'), eb('signUp.createdAt', '>', since)]),
			]),
		)
		.executeTakeFirst()) !== undefined;

/** Whether an account hears by mail of changes of what it signed up for: on every device, signed in or not. */
export const isToldOfOwn = async (db: Db, personId: string): Promise<boolean> =>
	(await db
		.selectFrom('follow')
		.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
		.select('follow.id')
		.where('recipient.personId', '=', personId)
		.where('recipient.channel', '=', 'email')
		.where('targetKind', '=', 'own')
		.where('kinds', 'like', '%change%')
		.executeTakeFirst()) !== undefined;

/** What recipients follow, with the names of it. */
export async function listFollows(db: Db, recipientIds: string[]) {
	if (recipientIds.length === 0) return [];
	return db
		.selectFrom('follow')
		.leftJoin('adminUnit', (join) =>
			join.onRef('adminUnit.id', '=', 'follow.targetId').on('follow.targetKind', '=', 'ward'),
		)
		.leftJoin('organisation', (join) =>
			join.onRef('organisation.id', '=', 'follow.targetId').on('follow.targetKind', '=', 'organisation'),
		)
		.leftJoin('greenHouse', (join) =>
			join.onRef('greenHouse.id', '=', 'follow.targetId').on('follow.targetKind', '=', 'house'),
		)
		.leftJoin('cleanupEvent', (join) =>
			join.onRef('cleanupEvent.id', '=', 'follow.targetId').on('follow.targetKind', '=', 'event'),
		)
		.select(['follow.id', 'follow.recipientId', 'follow.targetKind', 'follow.targetId', 'follow.kinds'])
		.select(['adminUnit.nameVi as wardNameVi', 'adminUnit.nameEn as wardNameEn'])
		.select(['organisation.name as organisationName', 'greenHouse.nameVi as houseName'])
		.select(['greenHouse.code as houseCode', 'cleanupEvent.title as eventTitle', 'cleanupEvent.slug'])
		.select('follow.createdAt')
		.where('follow.recipientId', 'in', recipientIds)
		.orderBy('follow.createdAt')
		.orderBy('follow.id')
		.execute();
}

export type FollowRow = Awaited<ReturnType<typeof listFollows>>[number];

type Found = Target & { name: string; nameEn?: string; isSample: 0 | 1 | null; path: string };

/** What somebody wants to follow, by what an address names it with: a ward's or organisation's id, a house's code, an event's slug or id. */
export async function findTarget(db: Db, kind: TargetKind, name: string): Promise<Found | undefined> {
	if (kind === 'own') return { kind, id: '', name: '', isSample: null, path: '/cua-toi' };
	if (kind === 'ward') {
		const row = await db
			.selectFrom('adminUnit')
			.select(['id', 'nameVi', 'nameEn'])
			.where('id', '=', name)
			.where('validTo', 'is', null)
			.executeTakeFirst();
		return (
			row && {
				kind,
				id: row.id,
				name: row.nameVi,
				nameEn: row.nameEn,
				isSample: null,
				path: '/chu-nhat-xanh',
			}
		);
	}
	if (kind === 'organisation') {
		const row = await db
			.selectFrom('organisation')
			.select(['id', 'name', 'isSample'])
			.where('id', '=', name)
			.where('validTo', 'is', null)
			.executeTakeFirst();
		return row && { ...row, kind, path: '/chu-nhat-xanh' };
	}
	if (kind === 'house') {
		const row = await db
			.selectFrom('greenHouse')
			.select(['id', 'code', 'nameVi', 'isSample'])
			.where((eb) => eb.or([eb('code', '=', name), eb('id', '=', name)]))
			.where('status', '<>', 'closed')
			.executeTakeFirst();
		return (
			row && {
				kind,
				id: row.id,
				name: shortHouseName(row.nameVi),
				isSample: row.isSample,
				path: `/ngoi-nha-xanh/${row.code}`,
			}
		);
	}
	const row = await db
		.selectFrom('cleanupEvent')
		.select(['id', 'title', 'slug', 'isSample'])
		.where((eb) => eb.or([eb('slug', '=', name), eb('id', '=', name)]))
		.executeTakeFirst();
	return (
		row && { kind, id: row.id, name: row.title, isSample: row.isSample, path: `/chu-nhat-xanh/${row.slug}` }
	);
}
