// Browsers in which a person has signed in before; each holds a secret of which the hash is kept.
import type { Db, Trx } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';

/** What the person has shown in the browser that holds this secret: undefined for a stranger's. */
export async function findKnownDevice(
	db: Db,
	personId: string,
	secret: string,
): Promise<'password' | 'all' | undefined> {
	const row = await db
		.selectFrom('knownDevice')
		.select('passwordOnly')
		.where('personId', '=', personId)
		.where('secretHash', '=', sha256Hex(secret))
		.executeTakeFirst();
	return row && (row.passwordOnly === 1 ? 'password' : 'all');
}

/** A browser's secret as it was, if it had one, and the one that it gets instead. */
export type DeviceSecrets = { held: string | undefined; fresh: string };

/**
 * From now on the person is known in this browser, and so is whoever was: under a new secret, so that a copy of the old
 * one, or one that somebody planted, opens nothing.
 * @param passwordOnly a second factor was not asked for: its wrong codes are counted with those of strangers
 */
export async function knowDevice(
	trx: Trx,
	personId: string,
	{ held, fresh }: DeviceSecrets,
	{ passwordOnly, now }: { passwordOnly: 0 | 1; now: number },
): Promise<void> {
	if (held !== undefined)
		await trx
			.updateTable('knownDevice')
			.set({ secretHash: sha256Hex(fresh) })
			.where('secretHash', '=', sha256Hex(held))
			.execute();
	await insertKnownDevice(trx, personId, fresh, now, passwordOnly);
}

export async function insertKnownDevice(
	trx: Trx,
	personId: string,
	secret: string,
	now: number,
	passwordOnly: 0 | 1 = 0,
): Promise<void> {
	await trx
		.insertInto('knownDevice')
		.values({ personId, secretHash: sha256Hex(secret), createdAt: now, passwordOnly })
		.onConflict((conflict) => conflict.columns(['secretHash', 'personId']).doUpdateSet({ passwordOnly }))
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
