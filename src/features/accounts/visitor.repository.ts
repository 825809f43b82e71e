// Where a try of somebody who is not signed in comes from, and whether its browser is one that the portal gave a secret.
import type { Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import type { Visitor } from '#lib/rate-limit.ts';
import { findDeviceAlias } from './device-alias.repository.ts';

/**
 * What a browser is known by under whichever secret it has now: who signed in there first, or the household that logged
 * something. A sign-in gives the browser another secret, and its tries are counted on. Undefined for a made-up secret.
 */
async function findKept(db: Db, secret: string): Promise<string | undefined> {
	const secretHash = sha256Hex(secret);
	const known = await db
		.selectFrom('knownDevice')
		.select('personId')
		.where('secretHash', '=', secretHash)
		.orderBy('createdAt')
		.orderBy('personId')
		.limit(1)
		.executeTakeFirst();
	if (known) return `person:${known.personId}`;
	const alias = await findDeviceAlias(db, secret);
	return alias && `alias:${alias.id}`;
}

/** @param secrets what the browser brings, none of which need be true */
export async function findVisitor(db: Db, secrets: string[], address: string): Promise<Visitor> {
	for (const secret of secrets) {
		const browser = await findKept(db, secret);
		if (browser !== undefined) return { browser, isKept: true, address };
	}
	return { browser: secrets[0], isKept: false, address };
}
