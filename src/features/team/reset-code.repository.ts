import type { ResetCodeTable } from '#db/schema.ts';
import { liveGrants } from '#features/accounts/person.repository.ts';
import type { Reset } from '#features/accounts/sign-in-notice.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertResetCode = (trx: Trx, code: ResetCodeTable) =>
	trx.insertInto('resetCode').values(code).execute();

export const findResetCode = (db: Db, personId: string, codeHash: string, now: number) =>
	db
		.selectFrom('resetCode')
		.select('id')
		.where('personId', '=', personId)
		.where('codeHash', '=', codeHash)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		.executeTakeFirst();

/** A code that was handed out, whatever became of it, with who did. */
export const findIssuedCode = (db: Db, id: string) =>
	db
		.selectFrom('resetCode')
		.innerJoin('roleGrant', 'roleGrant.id', 'resetCode.issuedBy')
		.select(['resetCode.personId', 'resetCode.expiresAt', 'resetCode.usedAt'])
		.select('roleGrant.personId as issuerId')
		.where('resetCode.id', '=', id)
		.executeTakeFirst();

/** Uses up a code; false when it was used or has lapsed meanwhile. */
export async function useResetCode(trx: Trx, id: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('resetCode')
		.set({ usedAt: now })
		.where('id', '=', id)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		// A code of somebody whose role has ended since is void.
		.where('issuedBy', 'in', liveGrants(trx, now).select('id'))
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** The name of somebody whose second factors this person took away; nobody else's is told. */
export const findHelpedName = async (
	db: Db,
	helperId: string,
	personId: string,
): Promise<string | undefined> =>
	(
		await db
			.selectFrom('auditEvent')
			.innerJoin('person', 'person.id', 'auditEvent.subjectId')
			.select('person.displayName')
			.where('auditEvent.action', '=', 'second-factor.reset')
			.where('auditEvent.subjectKind', '=', 'person')
			.where('auditEvent.subjectId', '=', personId)
			.where('auditEvent.personId', '=', helperId)
			.limit(1)
			.executeTakeFirst()
	)?.displayName;

/** Every password and second factor of the person's that was reset, newest first, with who helped in which role. */
export async function listResets(db: Db, personId: string): Promise<Reset[]> {
	const codes = await db
		.selectFrom('resetCode')
		.innerJoin('roleGrant', 'roleGrant.id', 'resetCode.issuedBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['resetCode.usedAt', 'person.displayName', 'roleGrant.role'])
		.where('resetCode.personId', '=', personId)
		.where('resetCode.usedAt', 'is not', null)
		.execute();
	const factors = await db
		.selectFrom('auditEvent')
		.innerJoin('roleGrant', 'roleGrant.id', 'auditEvent.roleGrantId')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['auditEvent.happenedAt as at', 'person.displayName', 'roleGrant.role'])
		.where('auditEvent.subjectKind', '=', 'person')
		.where('auditEvent.subjectId', '=', personId)
		.where('auditEvent.action', '=', 'second-factor.reset')
		.execute();
	return [
		...codes.map(({ usedAt, ...by }) => ({ what: 'password' as const, at: usedAt ?? 0, ...by })),
		...factors.map((event) => ({ what: 'secondFactor' as const, ...event })),
	].sort((a, b) => b.at - a.at);
}
