import type { InvitationTable, RoleGrantTable } from '#db/schema.ts';
import type { Role, ScopeKind } from '#features/accounts/actor.ts';
import { liveGrants } from '#features/accounts/person.repository.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { currentUnit, unitIdsWithin } from '#features/places/place.ts';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';

/** More than a page can say; the rest is in the database. */
const ENDED_MAX = 200;

/** The ids under which a scope may be written: a ward also under those of the wards that were merged into it. */
async function scopeIds(
	trx: Trx,
	{ kind, id }: { kind: ScopeKind; id: string | null },
): Promise<string[] | null> {
	if (id === null || kind !== 'ward') return id === null ? null : [id];
	const units = await listAdminUnits(trx);
	return units.some((unit) => unit.id === id) ? unitIdsWithin(units, currentUnit(units, id).id) : [id];
}

/** Locks every live grant of a role in one scope until the transaction ends; the ids of those who hold it. */
export async function lockGrants(
	trx: Trx,
	role: Role,
	scope: { kind: ScopeKind; id: string | null },
	now: number,
): Promise<RoleGrantTable[]> {
	let query = liveGrants(trx, now)
		.selectAll('roleGrant')
		.where('role', '=', role)
		.where('scopeKind', '=', scope.kind)
		.where('personId', 'in', (eb) => eb.selectFrom('person').select('id').where('erasedAt', 'is', null))
		.orderBy('id');
	const ids = await scopeIds(trx, scope);
	query = ids === null ? query.where('scopeId', 'is', null) : query.where('scopeId', 'in', ids);
	return (isSqlite(trx) ? query : query.forUpdate()).execute();
}

/** Every live role in one scope. */
export const listGrantsIn = (db: Db, scope: { kind: ScopeKind; id: string }, now: number) =>
	liveGrants(db, now)
		.select(['id', 'personId'])
		.where('scopeKind', '=', scope.kind)
		.where('scopeId', '=', scope.id)
		.orderBy('id')
		.execute();

export const findGrantRow = (db: Db, id: string) =>
	db.selectFrom('roleGrant').selectAll().where('id', '=', id).executeTakeFirst();

/** Ends a role, also before the day that was set. False when it had ended: somebody else came first. */
export const endGrantRow = async (trx: Trx, id: string, endedBy: string, now: number): Promise<boolean> => {
	const today = toLocalDate(now);
	const { numUpdatedRows } = await trx
		.updateTable('roleGrant')
		.set((eb) => ({
			endedAt: now,
			endedBy,
			validTo: eb.case().when('validTo', '>', today).then(today).else(eb.ref('validTo')).end(),
		}))
		.where('id', '=', id)
		.where('endedAt', 'is', null)
		.executeTakeFirst();
	return numUpdatedRows === 1n;
};

/** Everybody's live roles, by role and scope, with who holds them; samples or real ones. */
export const listGrants = (db: Db, isSample: 0 | 1, now: number) =>
	liveGrants(db, now)
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['roleGrant.id', 'roleGrant.role', 'roleGrant.scopeKind', 'roleGrant.scopeId'])
		.select(['roleGrant.validFrom', 'roleGrant.validTo', 'roleGrant.personId', 'person.displayName'])
		.where('roleGrant.isSample', '=', isSample)
		.where('person.erasedAt', 'is', null)
		.orderBy('roleGrant.role')
		.orderBy('roleGrant.validFrom')
		.orderBy('roleGrant.id')
		.execute();

/** Who holds a live role. */
export const findHolderName = async (db: Db, grantId: string, now: number): Promise<string | undefined> =>
	(
		await liveGrants(db, now)
			.innerJoin('person', 'person.id', 'roleGrant.personId')
			.select('person.displayName')
			.where('roleGrant.id', '=', grantId)
			.where('person.erasedAt', 'is', null)
			.executeTakeFirst()
	)?.displayName;

/** A role that was taken or laid down, with who held it. */
export const findEndedGrant = (db: Db, id: string) =>
	db
		.selectFrom('roleGrant')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['roleGrant.role', 'roleGrant.scopeKind', 'roleGrant.scopeId', 'roleGrant.isSample'])
		.select('person.displayName')
		.where('roleGrant.id', '=', id)
		.where('roleGrant.endedAt', 'is not', null)
		.where('person.erasedAt', 'is', null)
		.executeTakeFirst();

/**
 * Roles that have ended, by an act or by themselves, the last ones first, with their last day, who held them and who took
 * each over; samples or real ones, or one person's.
 */
export async function listEndedGrants(
	db: Db,
	of: { isSample: 0 | 1 } | { personId: string },
	since: number,
	now: number,
) {
	const ended = db
		.selectFrom('roleGrant')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.leftJoin('invitation', (join) =>
			join
				.onRef('invitation.replacesGrantId', '=', 'roleGrant.id')
				.onRef('invitation.acceptedAt', '=', 'roleGrant.endedAt'),
		)
		.leftJoin('roleGrant as next', 'next.id', 'invitation.acceptedGrantId')
		.leftJoin('person as heir', 'heir.id', 'next.personId')
		.select(['roleGrant.id', 'roleGrant.role', 'roleGrant.scopeKind', 'roleGrant.scopeId'])
		.select(['roleGrant.validFrom', 'roleGrant.validTo', 'roleGrant.endedAt', 'roleGrant.personId'])
		.select('person.displayName')
		.select('heir.displayName as heirName')
		.where((eb) =>
			'personId' in of
				? eb('roleGrant.personId', '=', of.personId)
				: eb('roleGrant.isSample', '=', of.isSample),
		)
		.where('person.erasedAt', 'is', null)
		.limit(ENDED_MAX);
	const byAct = await ended
		.where('roleGrant.endedAt', '>=', since)
		.orderBy('roleGrant.endedAt', 'desc')
		.orderBy('roleGrant.id')
		.execute();
	const byThemselves = await ended
		.where('roleGrant.endedAt', 'is', null)
		.where('roleGrant.validTo', '>=', toLocalDate(since))
		.where('roleGrant.validTo', '<', toLocalDate(now))
		.orderBy('roleGrant.validTo', 'desc')
		.orderBy('roleGrant.id')
		.execute();
	return [...byAct, ...byThemselves]
		.map((row) => ({ ...row, until: row.endedAt === null ? row.validTo! : toLocalDate(row.endedAt) }))
		.sort((a, b) => (a.until < b.until ? 1 : a.until > b.until ? -1 : 0))
		.slice(0, ENDED_MAX);
}

/** Handovers that a person sent for somebody else's role and that were accepted, the last ones first. */
export const listAcceptedHandovers = (db: Db, personId: string, since: number) =>
	db
		.selectFrom('invitation')
		.innerJoin('roleGrant as sender', 'sender.id', 'invitation.invitedBy')
		.innerJoin('roleGrant as next', 'next.id', 'invitation.acceptedGrantId')
		.innerJoin('person as heir', 'heir.id', 'next.personId')
		.innerJoin('roleGrant as old', 'old.id', 'invitation.replacesGrantId')
		.select(['invitation.id', 'invitation.role', 'invitation.scopeKind', 'invitation.scopeId'])
		.select(['invitation.acceptedAt', 'heir.displayName as heirName'])
		.where('sender.personId', '=', personId)
		.where('old.personId', '!=', personId)
		.where('invitation.acceptedAt', '>=', since)
		.where('heir.erasedAt', 'is', null)
		.orderBy('invitation.acceptedAt', 'desc')
		.limit(ENDED_MAX)
		.execute();

/** A person's live roles. */
export const listGrantsOf = (db: Db, personId: string, now: number) =>
	liveGrants(db, now).selectAll('roleGrant').where('personId', '=', personId).orderBy('id').execute();

export const insertInvitation = (trx: Trx, invitation: InvitationTable) =>
	trx.insertInto('invitation').values(invitation).execute();

/** An invitation with who sent it. */
export const findInvitation = (db: Db, by: { tokenHash: string } | { id: string }) =>
	db
		.selectFrom('invitation')
		.innerJoin('roleGrant', 'roleGrant.id', 'invitation.invitedBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.selectAll('invitation')
		.select(['roleGrant.personId as inviterId', 'roleGrant.isSample'])
		.select(['roleGrant.endedAt as inviterEndedAt', 'roleGrant.validTo as inviterValidTo'])
		.select(['person.displayName as inviterName', 'roleGrant.role as inviterRole'])
		.where('tokenHash' in by ? 'invitation.tokenHash' : 'invitation.id', '=', Object.values(by)[0] ?? '')
		.executeTakeFirst();
export type Invitation = NonNullable<Awaited<ReturnType<typeof findInvitation>>>;

/** Invitations that still can be accepted, newest first. */
export const listOpenInvitations = (db: Db, isSample: 0 | 1, now: number) =>
	db
		.selectFrom('invitation')
		.innerJoin('roleGrant', 'roleGrant.id', 'invitation.invitedBy')
		.select(['invitation.id', 'invitation.role', 'invitation.scopeKind', 'invitation.scopeId'])
		.select(['invitation.inviteeHint', 'invitation.expiresAt', 'invitation.validTo'])
		.select('invitation.replacesGrantId')
		.where('roleGrant.isSample', '=', isSample)
		.where('invitation.acceptedAt', 'is', null)
		.where('invitation.withdrawnAt', 'is', null)
		.where('invitation.expiresAt', '>', now)
		.orderBy('invitation.createdAt', 'desc')
		.execute();

/** Invitations to a place that nobody has taken or withdrawn, those that have lapsed among them. */
export const listInvitations = (db: Db, of: { kind: ScopeKind; id: string }) =>
	db
		.selectFrom('invitation')
		.select('id')
		.where((eb) => eb.and({ scopeKind: of.kind, scopeId: of.id }))
		.where('acceptedAt', 'is', null)
		.where('withdrawnAt', 'is', null)
		.orderBy('id')
		.execute();

const NOBODY = { inviteeHash: '', inviteeHint: '' };

/** Ends an invitation; whom it was for is forgotten with it. False when it had ended: somebody else came first. */
export const updateInvitation = async (
	trx: Trx,
	id: string,
	change: Partial<Pick<InvitationTable, 'withdrawnAt' | 'acceptedAt' | 'acceptedGrantId'>>,
): Promise<boolean> => {
	const { numUpdatedRows } = await trx
		.updateTable('invitation')
		.set({ ...change, ...NOBODY })
		.where('id', '=', id)
		.where('acceptedAt', 'is', null)
		.where('withdrawnAt', 'is', null)
		.executeTakeFirst();
	return numUpdatedRows === 1n;
};

/** Whom invitations were for is forgotten once they have lapsed. */
export const forgetInvitees = (trx: Trx, now: number) =>
	trx
		.updateTable('invitation')
		.set(NOBODY)
		.where('expiresAt', '<=', now)
		.where('acceptedAt', 'is', null)
		.where('withdrawnAt', 'is', null)
		.where('inviteeHash', '!=', '')
		.execute();
