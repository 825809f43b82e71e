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

/** Makes the alias of a device that holds this secret. */
export async function createDeviceAlias(
	trx: Trx,
	now: number,
	secret: string,
	isSample: 0 | 1 = 0,
): Promise<{ id: string; secret: string }> {
	const id = uuidv7(now);
	await trx
		.insertInto('deviceAlias')
		.values({ id, secretHash: sha256Hex(secret), personId: null, createdAt: now, isSample })
		.execute();
	return { id, secret };
}
