import type { Db, Trx } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { Actor, Grant, Role, ScopeKind } from './actor.ts';

export type NewPerson = { displayName: string; phoneE164: string | null; isSample: 0 | 1 };

export async function insertPerson(trx: Trx, person: NewPerson, now: number): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('person')
		.values({ id, ...person, email: null, locale: 'vi', createdAt: now, erasedAt: null })
		.execute();
	return id;
}

/** Sets or replaces a person's password hash. */
export async function upsertPasswordHash(
	trx: Trx,
	personId: string,
	hash: string,
	now: number,
): Promise<void> {
	await trx
		.insertInto('credentialPassword')
		.values({ personId, hash, changedAt: now })
		.onConflict((conflict) => conflict.column('personId').doUpdateSet({ hash, changedAt: now }))
		.execute();
}

export type NewGrant = {
	personId: string;
	role: Role;
	scopeKind: ScopeKind;
	scopeId: string | null;
	grantedBy: string | null;
	isSample: 0 | 1;
	validFrom?: string;
};

export async function insertRoleGrant(trx: Trx, grant: NewGrant, now: number): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('roleGrant')
		.values({ id, validFrom: toLocalDate(now), ...grant, validTo: null, grantedAt: now })
		.execute();
	return id;
}

/** What sign-in compares: undefined for an unknown number, an erased person or one without a password. */
export async function findCredential(db: Db, phoneE164: string) {
	return db
		.selectFrom('person')
		.innerJoin('credentialPassword', 'credentialPassword.personId', 'person.id')
		.select(['person.id', 'person.isSample', 'credentialPassword.hash'])
		.where('person.phoneE164', '=', phoneE164)
		.where('person.erasedAt', 'is', null)
		.executeTakeFirst();
}

/** A person with the grants that are valid on the day of `now`. */
export async function findActor(db: Db, personId: string, now: number): Promise<Actor | undefined> {
	const person = await db
		.selectFrom('person')
		.select(['id', 'displayName', 'isSample'])
		.where('id', '=', personId)
		.where('erasedAt', 'is', null)
		.executeTakeFirst();
	if (!person) return undefined;
	const today = toLocalDate(now);
	const grants: Grant[] = await db
		.selectFrom('roleGrant')
		.select(['id', 'role', 'scopeKind', 'scopeId'])
		.where('personId', '=', personId)
		.where('validFrom', '<=', today)
		.where((eb) => eb.or([eb('validTo', 'is', null), eb('validTo', '>=', today)]))
		.orderBy('id')
		.execute();
	return { personId: person.id, displayName: person.displayName, isSample: person.isSample === 1, grants };
}

/** True when the person holds this role in this scope on the day of `now`. */
export async function holdsRole(
	db: Db,
	personId: string,
	role: Role,
	scope: { kind: ScopeKind; id: string },
	now: number,
): Promise<boolean> {
	const actor = await findActor(db, personId, now);
	return (actor?.grants ?? []).some(
		(grant) => grant.role === role && grant.scopeKind === scope.kind && grant.scopeId === scope.id,
	);
}

export const findPersonName = async (db: Db, personId: string): Promise<string | undefined> =>
	(await db.selectFrom('person').select('displayName').where('id', '=', personId).executeTakeFirst())
		?.displayName;
