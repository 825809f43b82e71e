import type { ResetCodeTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertResetCode = (trx: Trx, code: ResetCodeTable) =>
	trx.insertInto('resetCode').values(code).execute();

/** Codes that were not used yet lapse now. */
export const voidResetCodes = (trx: Trx, personId: string, now: number) =>
	trx
		.updateTable('resetCode')
		.set({ expiresAt: now })
		.where('personId', '=', personId)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		.execute();

export const findResetCode = (db: Db, personId: string, codeHash: string, now: number) =>
	db
		.selectFrom('resetCode')
		.select('id')
		.where('personId', '=', personId)
		.where('codeHash', '=', codeHash)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		.executeTakeFirst();

/** Uses up a code; false when it was used or has lapsed meanwhile. */
export async function useResetCode(trx: Trx, id: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('resetCode')
		.set({ usedAt: now })
		.where('id', '=', id)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		// A code of somebody whose role was taken since is void.
		.where('issuedBy', 'in', (eb) => eb.selectFrom('roleGrant').select('id').where('endedAt', 'is', null))
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** Resets that the person has not been told of yet, each with who handed out the code. */
export const listUntoldResets = (db: Db, personId: string) =>
	db
		.selectFrom('resetCode')
		.innerJoin('roleGrant', 'roleGrant.id', 'resetCode.issuedBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['resetCode.id', 'resetCode.usedAt', 'person.displayName', 'roleGrant.role'])
		.where('resetCode.personId', '=', personId)
		.where('resetCode.usedAt', 'is not', null)
		.where('resetCode.toldAt', 'is', null)
		.orderBy('resetCode.usedAt')
		.execute();

export const markTold = (trx: Trx, personId: string, now: number) =>
	trx
		.updateTable('resetCode')
		.set({ toldAt: now })
		.where('personId', '=', personId)
		.where('usedAt', 'is not', null)
		.where('toldAt', 'is', null)
		.execute()
		.then(() => undefined);
