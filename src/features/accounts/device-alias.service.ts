import { inTransaction, isUniqueViolation, type Db } from '#lib/db.ts';
import { createDeviceAlias, findDeviceAlias } from './device-alias.repository.ts';
import { mintDeviceSecret } from './device-alias.ts';

const SECRET = /^[A-Za-z0-9_-]{43,128}$/;

/**
 * The alias of this device, made when it is new. A secret that the device already holds becomes the alias's:
 * a request whose answer was lost can then be sent again by the same device.
 */
export async function ensureDeviceAlias(
	db: Db,
	held: string | undefined,
	now: number,
): Promise<{ id: string; secret: string }> {
	const secret = held !== undefined && SECRET.test(held) ? held : mintDeviceSecret();
	const known = await findDeviceAlias(db, secret);
	if (known) return { id: known.id, secret };
	try {
		return await inTransaction(db, (trx) => createDeviceAlias(trx, now, secret));
	} catch (error) {
		const winner = isUniqueViolation(error) ? await findDeviceAlias(db, secret) : undefined;
		if (!winner) throw error;
		return { id: winner.id, secret };
	}
}
