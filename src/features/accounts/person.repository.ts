import type { PersonTable } from '#db/schema.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { currentUnit } from '#features/places/place.ts';
import { isSqlite, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { SignInName } from './account.ts';
import type { Actor, Grant, Role, ScopeKind } from './actor.ts';

export type NewPerson = {
	displayName: string;
	phoneE164: string | null;
	email?: string | null;
	locale?: 'vi' | 'en';
	isSample: 0 | 1;
};

export async function insertPerson(trx: Trx, person: NewPerson, now: number): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('person')
		.values({ id, email: null, locale: 'vi', ...person, createdAt: now, erasedAt: null })
		.execute();
	return id;
}

/** Sets or replaces a person's password; `isLong` when it may stand alone. */
export async function upsertPassword(
	trx: Trx,
	personId: string,
	{ hash, isLong }: { hash: string; isLong: boolean },
	now: number,
): Promise<void> {
	const row = { hash, isLong: isLong ? 1 : 0, changedAt: now } as const;
	await trx
		.insertInto('credentialPassword')
		.values({ personId, ...row })
		.onConflict((conflict) => conflict.column('personId').doUpdateSet(row))
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
	/** Its last day, for a role that ends by itself. */
	validTo?: string | null;
};

export async function insertRoleGrant(trx: Trx, grant: NewGrant, now: number): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('roleGrant')
		.values({
			id,
			validFrom: toLocalDate(now),
			validTo: null,
			...grant,
			grantedAt: now,
			endedAt: null,
			endedBy: null,
		})
		.execute();
	return id;
}

/** What sign-in compares: undefined for an unknown name, an erased person or one without a password. */
export async function findCredential(db: Db, name: SignInName) {
	return db
		.selectFrom('person')
		.innerJoin('credentialPassword', 'credentialPassword.personId', 'person.id')
		.select(['person.id', 'person.isSample', 'credentialPassword.hash'])
		.where((eb) => eb.and(name))
		.where('person.erasedAt', 'is', null)
		.executeTakeFirst();
}

export const findPersonByName = (db: Db, name: SignInName) =>
	db
		.selectFrom('person')
		.select(['id', 'displayName', 'isSample'])
		.where((eb) => eb.and(name))
		.where('erasedAt', 'is', null)
		.executeTakeFirst();

/** A person who was not erased. */
export const findPerson = (db: Db, id: string) =>
	db.selectFrom('person').selectAll().where('id', '=', id).where('erasedAt', 'is', null).executeTakeFirst();

export const updatePerson = (
	trx: Trx,
	id: string,
	change: Partial<Pick<PersonTable, 'displayName' | 'phoneE164' | 'email' | 'locale' | 'erasedAt'>>,
) => trx.updateTable('person').set(change).where('id', '=', id).where('erasedAt', 'is', null).execute();

export const findPassword = (db: Db, personId: string) =>
	db.selectFrom('credentialPassword').selectAll().where('personId', '=', personId).executeTakeFirst();

export const deletePassword = (trx: Trx, personId: string) =>
	trx.deleteFrom('credentialPassword').where('personId', '=', personId).execute();

/**
 * Keeps a person as they are until the transaction ends, so that nothing is written for somebody who is erased
 * meanwhile. Refuses with 401 when they are.
 */
export async function holdPerson(trx: Trx, id: string): Promise<void> {
	await lockRow(trx, 'person', id);
	if (!(await findPerson(trx, id))) throw new DomainError('UNAUTHORIZED', 'signInFirst');
}

/** Roles that nobody has ended and whose last day, where one was set, has not passed. */
export const liveGrants = (db: Db, now: number) =>
	db
		.selectFrom('roleGrant')
		.where('roleGrant.endedAt', 'is', null)
		.where((eb) =>
			eb.or([eb('roleGrant.validTo', 'is', null), eb('roleGrant.validTo', '>=', toLocalDate(now))]),
		);

/** How long a second factor that was given counts (NIST SP 800-63B, AAL2: once in twelve hours). */
export const SECOND_FACTOR_MS = 12 * 3_600_000;

/**
 * A person with the grants that are valid on the day of `now`; a ward that was merged means today's ward. Sample roles
 * count for somebody who holds no real one: nobody acts on both kinds.
 * @param secondFactorAt when this session's person gave a second factor
 * @param allowSamples false where the portal is public: sample people and sample roles are none there
 */
export async function findActor(
	db: Db,
	personId: string,
	now: number,
	secondFactorAt: number | null = null,
	allowSamples = true,
): Promise<Actor | undefined> {
	const person = await findPerson(db, personId);
	if (!person || (person.isSample === 1 && !allowSamples)) return undefined;
	const held = await liveGrants(db, now)
		.select(['id', 'role', 'scopeKind', 'scopeId', 'validTo', 'isSample'])
		.where('personId', '=', personId)
		.where('validFrom', '<=', toLocalDate(now))
		.orderBy('id')
		.execute();
	const hasReal = held.some((grant) => grant.isSample === 0);
	const isSample = person.isSample === 1 || (allowSamples && held.length > 0 && !hasReal);
	const grants: Grant[] = held.flatMap(({ isSample: kind, ...grant }) =>
		(kind === 1) === isSample ? [grant] : [],
	);
	if (grants.some((grant) => grant.scopeKind === 'ward')) {
		const units = await listAdminUnits(db);
		for (const grant of grants)
			if (grant.scopeKind === 'ward' && units.some((unit) => unit.id === grant.scopeId))
				grant.scopeId = currentUnit(units, grant.scopeId!).id;
	}
	return {
		personId: person.id,
		displayName: person.displayName,
		isSample,
		isStrong: isSample || (secondFactorAt !== null && now - secondFactorAt < SECOND_FACTOR_MS),
		grants,
	};
}

/**
 * Keeps a grant as it is until the transaction ends, so that a role that is taken meanwhile writes nothing any more.
 * Refuses with 403 when it has ended, also by itself.
 */
export async function holdGrant(trx: Trx, grantId: string, now: number): Promise<void> {
	const query = liveGrants(trx, now).select('id').where('id', '=', grantId);
	const held = await (isSqlite(trx) ? query : query.forShare()).executeTakeFirst();
	if (!held) throw new DomainError('FORBIDDEN', 'notYourRole');
}

/** The grants that a person held at an earlier instant, those that have ended since too. */
export const listGrantsAt = (db: Db, personId: string, at: number, isSample: 0 | 1): Promise<Grant[]> =>
	db
		.selectFrom('roleGrant')
		.select(['id', 'role', 'scopeKind', 'scopeId', 'validTo'])
		.where('personId', '=', personId)
		.where('isSample', '=', isSample)
		.where('grantedAt', '<=', at)
		.where('validFrom', '<=', toLocalDate(at))
		.where((eb) => eb.or([eb('endedAt', 'is', null), eb('endedAt', '>', at)]))
		.where((eb) => eb.or([eb('validTo', 'is', null), eb('validTo', '>=', toLocalDate(at))]))
		.execute();

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
