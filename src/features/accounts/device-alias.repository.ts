import type { Db, Trx } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';

export type DeviceAlias = { id: string };

/** The alias whose secret this device holds; only the secret's hash is stored. */
export async function findDeviceAlias(db: Db, secret: string | undefined): Promise<DeviceAlias | undefined> {
	if (!secret) return undefined;
	return db
		.selectFrom('deviceAlias')
		.select('id')
		.where('secretHash', '=', sha256Hex(secret))
		.executeTakeFirst();
}

/** The aliases whose records somebody sees as their own: this device's, and those linked to their account. */
export async function listOwnAliasIds(
	db: Db,
	secret: string | undefined,
	personId: string | undefined,
): Promise<string[]> {
	const own = await findDeviceAlias(db, secret);
	const linked =
		personId === undefined
			? []
			: await db.selectFrom('deviceAlias').select('id').where('personId', '=', personId).execute();
	return [...new Set([own, ...linked].flatMap((alias) => (alias ? [alias.id] : [])))];
}

/** The alias of the device that holds this secret, made if there is none. */
export async function ensureDeviceAlias(
	trx: Trx,
	now: number,
	secret: string,
	isSample: 0 | 1 = 0,
): Promise<DeviceAlias> {
	const held = await findDeviceAlias(trx, secret);
	if (held) return held;
	const row = { id: uuidv7(now), secretHash: sha256Hex(secret), personId: null, createdAt: now, isSample };
	await trx
		.insertInto('deviceAlias')
		.values(row)
		.onConflict((conflict) => conflict.column('secretHash').doNothing())
		.execute();
	return (await findDeviceAlias(trx, secret))!;
}
