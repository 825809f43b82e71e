import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { SHORT_ID, type AuditFilter } from './audit.ts';

export type AuditEvent = {
	action: string;
	subjectKind: string;
	subjectId: string;
	/** The role in which it was done; absent for what needs none. */
	roleGrantId?: string;
	/** Who did it; by default whoever holds the role. */
	personId?: string;
};

const holderOf = async (trx: Trx, grantId: string): Promise<string | null> =>
	(await trx.selectFrom('roleGrant').select('personId').where('id', '=', grantId).executeTakeFirst())
		?.personId ?? null;

/** Writes down who changed what; ids only, no personal data. */
export async function insertAuditEvent(trx: Trx, event: AuditEvent, now: number): Promise<void> {
	await trx
		.insertInto('auditEvent')
		.values({
			id: uuidv7(now),
			happenedAt: now,
			personId: event.personId ?? (event.roleGrantId ? await holderOf(trx, event.roleGrantId) : null),
			roleGrantId: event.roleGrantId ?? null,
			action: event.action,
			subjectKind: event.subjectKind,
			subjectId: event.subjectId,
		})
		.execute();
}

export const SECOND_FACTOR_REFUSED = 'second-factor.refused';

/** The end of an id that the page shows, with or without its dots, finds the whole one. */
const endOf = (asked: string): string | undefined => {
	const end = asked.replace(/^…/, '').replace(/[%_\\]/g, '');
	return end.length === SHORT_ID ? end.toLowerCase() : undefined;
};

const selectAuditEvents = (db: Db, filter: AuditFilter) => {
	let query = db
		.selectFrom('auditEvent')
		.leftJoin('roleGrant', 'roleGrant.id', 'auditEvent.roleGrantId')
		// What a row about a role or an invitation is about: which role, where, and whose.
		.leftJoin('roleGrant as subjectGrant', (join) =>
			join
				.onRef('subjectGrant.id', '=', 'auditEvent.subjectId')
				.on('auditEvent.subjectKind', '=', 'role_grant'),
		)
		.leftJoin('invitation', (join) =>
			join
				.onRef('invitation.id', '=', 'auditEvent.subjectId')
				.on('auditEvent.subjectKind', '=', 'invitation'),
		)
		.leftJoin('roleGrant as acceptedGrant', 'acceptedGrant.id', 'invitation.acceptedGrantId');
	const { action, subjectId, personId, role, from, until, samplesOnly, before } = filter;
	if (samplesOnly)
		query = query.where((eb) => {
			const doer = eb.selectFrom('person').whereRef('person.id', '=', 'auditEvent.personId');
			return eb(eb.fn.coalesce('roleGrant.isSample', doer.select('person.isSample')), '=', 1);
		});
	if (action) query = query.where('auditEvent.action', 'like', `${action.replace(/[%_\\]/g, '')}%`);
	if (subjectId) {
		const end = endOf(subjectId);
		const [is, asked] = end ? (['like', `%${end}`] as const) : (['=', subjectId] as const);
		query = query.where((eb) =>
			eb.or([
				eb('auditEvent.subjectId', '=', subjectId),
				eb('auditEvent.subjectId', is, asked),
				eb('subjectGrant.personId', is, asked),
				eb('acceptedGrant.personId', is, asked),
			]),
		);
	}
	if (personId) {
		const end = endOf(personId);
		query = query.where('auditEvent.personId', end ? 'like' : '=', end ? `%${end}` : personId);
	}
	if (role) query = query.where('roleGrant.role', '=', role);
	if (from !== undefined) query = query.where('auditEvent.happenedAt', '>=', from);
	if (until !== undefined) query = query.where('auditEvent.happenedAt', '<', until);
	if (before) {
		query = query.where((eb) =>
			eb.or([
				eb('auditEvent.happenedAt', '<', before.happenedAt),
				eb.and([eb('auditEvent.happenedAt', '=', before.happenedAt), eb('auditEvent.id', '<', before.id)]),
			]),
		);
	}
	return query;
};

/**
 * What was done, newest first, with the role in which it was; of a row about a role or an invitation also which role
 * it is, where, and whose it is or was.
 */
export const listAuditEvents = (db: Db, filter: AuditFilter, limit: number) =>
	selectAuditEvents(db, filter)
		.selectAll('auditEvent')
		.select(['roleGrant.role', 'roleGrant.scopeKind', 'roleGrant.scopeId'])
		.select(({ fn }) => [
			fn.coalesce('subjectGrant.role', 'invitation.role').as('subjectRole'),
			fn.coalesce('subjectGrant.scopeKind', 'invitation.scopeKind').as('subjectScopeKind'),
			fn.coalesce('subjectGrant.scopeId', 'invitation.scopeId').as('subjectScopeId'),
			fn.coalesce('subjectGrant.personId', 'acceptedGrant.personId').as('concernedPersonId'),
		])
		.orderBy('auditEvent.happenedAt', 'desc')
		.orderBy('auditEvent.id', 'desc')
		.limit(limit)
		.execute();

/** How many there are, counted to `most` and no further. */
export async function countAuditEvents(db: Db, filter: AuditFilter, most: number): Promise<number> {
	const some = selectAuditEvents(db, filter).select('auditEvent.id').limit(most).as('some');
	const { count } = await db
		.selectFrom(some)
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.executeTakeFirstOrThrow();
	return count;
}

const REFUSALS_MAX = 1000;

/** When too many wrong codes were given for a person's second factor, newest first, from an instant on. */
export const listRefusals = async (db: Db, personId: string, from = 0): Promise<number[]> =>
	(
		await db
			.selectFrom('auditEvent')
			.select('happenedAt')
			.where('subjectKind', '=', 'person')
			.where('subjectId', '=', personId)
			.where('action', '=', SECOND_FACTOR_REFUSED)
			.where('happenedAt', '>=', from)
			.orderBy('happenedAt', 'desc')
			.limit(REFUSALS_MAX)
			.execute()
	).map(({ happenedAt }) => happenedAt);

/** An event's place in the list, for an address. */
export const writeAuditCursor = (event: { happenedAt: number; id: string }): string =>
	`${event.happenedAt}.${event.id}`;

/** Reads {@link writeAuditCursor}; undefined for anything else: the list then begins at its top. */
export function readAuditCursor(text: string | undefined): AuditFilter['before'] {
	const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text ?? '');
	return match ? { happenedAt: Number(match[1]), id: match[2]! } : undefined;
}
