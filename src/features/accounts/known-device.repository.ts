// Browsers in which a person has signed in before; each holds a secret of which the hash is kept.
import type { Db, Trx } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';

export async function isKnownDevice(db: Db, personId: string, secret: string): Promise<boolean> {
	const row = await db
		.selectFrom('knownDevice')
		.select('personId')
		.where('personId', '=', personId)
		.where('secretHash', '=', sha256Hex(secret))
		.executeTakeFirst();
	return row !== undefined;
}

export async function insertKnownDevice(
	trx: Trx,
	personId: string,
	secret: string,
	now: number,
): Promise<void> {
	await trx
		.insertInto('knownDevice')
		.values({ personId, secretHash: sha256Hex(secret), createdAt: now })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** As long as a browser keeps its secret; one that goes on signing in is known anew the next time. */
const KNOWN_MS = 365 * 24 * 3_600_000;

/** Browsers whose secret has lapsed leave the table. */
export const clearKnownDevices = (trx: Trx, now: number) =>
	trx
		.deleteFrom('knownDevice')
		.where('createdAt', '<=', now - KNOWN_MS)
		.execute();

/** No browser is known any more: after a reset whoever was in is a stranger again. */
export const deleteKnownDevices = (trx: Trx, personId: string) =>
	trx.deleteFrom('knownDevice').where('personId', '=', personId).execute();
