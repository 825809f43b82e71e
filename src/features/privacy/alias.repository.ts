import type { AliasTransferTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';

export const insertTransfer = (trx: Trx, row: AliasTransferTable) =>
	trx.insertInto('aliasTransfer').values(row).execute();

/** Codes that nobody took in time leave the table. */
export const clearTransfers = (trx: Trx, now: number) =>
	trx.deleteFrom('aliasTransfer').where('usedAt', 'is', null).where('expiresAt', '<=', now).execute();

/** An alias's codes that nobody has taken yet are void. */
export const voidTransfers = (trx: Trx, aliasId: string) =>
	trx.deleteFrom('aliasTransfer').where('usedAt', 'is', null).where('deviceAliasId', '=', aliasId).execute();

/** A code, with the hash of the secret that its alias answers to now. */
export const findTransfer = (db: Db, tokenHash: string) =>
	db
		.selectFrom('aliasTransfer')
		.innerJoin('deviceAlias', 'deviceAlias.id', 'aliasTransfer.deviceAliasId')
		.selectAll('aliasTransfer')
		.select('deviceAlias.secretHash')
		.where('tokenHash', '=', tokenHash)
		.executeTakeFirst();

/** Uses a code up; false when another phone was quicker. */
export async function takeTransfer(trx: Trx, tokenHash: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('aliasTransfer')
		.set({ usedAt: now })
		.where('tokenHash', '=', tokenHash)
		.where('usedAt', 'is', null)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** From now on the alias answers to this secret alone. */
export const updateAliasSecret = (trx: Trx, aliasId: string, secret: string) =>
	trx
		.updateTable('deviceAlias')
		.set({ secretHash: sha256Hex(secret) })
		.where('id', '=', aliasId)
		.execute();

/** Cuts an alias off from its account and from every secret. */
export const forgetAliasSecret = (trx: Trx, aliasId: string) =>
	trx
		.updateTable('deviceAlias')
		.set({ personId: null, secretHash: `forgotten:${aliasId}` })
		.where('id', '=', aliasId)
		.execute();
