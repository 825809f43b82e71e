import type { AliasTransferTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertTransfer = (trx: Trx, row: AliasTransferTable) =>
	trx.insertInto('aliasTransfer').values(row).execute();

/** Codes that lapsed leave the table; that one was taken stays, without what it carried. */
export const clearTransfers = (trx: Trx, now: number) =>
	trx.deleteFrom('aliasTransfer').where('expiresAt', '<=', now).where('usedAt', 'is', null).execute();

export const findTransfer = (db: Db, tokenHash: string, now: number) =>
	db
		.selectFrom('aliasTransfer')
		.selectAll()
		.where('tokenHash', '=', tokenHash)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		.executeTakeFirst();

/** Uses a code up; false when another phone was quicker. */
export async function takeTransfer(trx: Trx, tokenHash: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('aliasTransfer')
		.set({ usedAt: now, sealedSecret: '' })
		.where('tokenHash', '=', tokenHash)
		.where('usedAt', 'is', null)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** Cuts an alias off from its account, and from its secret unless another phone shares it. */
export async function forgetAliasSecret(trx: Trx, aliasId: string): Promise<void> {
	await trx.updateTable('deviceAlias').set({ personId: null }).where('id', '=', aliasId).execute();
	const shared = await trx
		.selectFrom('aliasTransfer')
		.select('tokenHash')
		.where('deviceAliasId', '=', aliasId)
		.where('usedAt', 'is not', null)
		.executeTakeFirst();
	if (shared) return;
	await trx
		.updateTable('deviceAlias')
		.set({ secretHash: `forgotten:${aliasId}` })
		.where('id', '=', aliasId)
		.execute();
}
