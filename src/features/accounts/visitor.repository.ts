// Where a try of somebody who is not signed in comes from, and whether its browser is one that the portal gave a secret.
import type { Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import type { Visitor } from '#lib/rate-limit.ts';

/** True for a secret under which somebody signed in, or a household logged something; a made-up one is none. */
async function isKept(db: Db, secret: string): Promise<boolean> {
	const secretHash = sha256Hex(secret);
	for (const table of ['knownDevice', 'deviceAlias'] as const) {
		const query = db.selectFrom(table).select('secretHash').where('secretHash', '=', secretHash).limit(1);
		if (await query.executeTakeFirst()) return true;
	}
	return false;
}

/** @param secrets what the browser brings, none of which need be true */
export async function findVisitor(db: Db, secrets: string[], address: string): Promise<Visitor> {
	for (const browser of secrets) if (await isKept(db, browser)) return { browser, isKept: true, address };
	return { browser: secrets[0], isKept: false, address };
}
