// A household's alias on another phone: a code that works once carries the secret over. Or it is forgotten.
import { randomBytes } from 'node:crypto';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { seal, unseal, type Secret } from '#lib/secret.ts';
import {
	clearTransfers,
	findTransfer,
	forgetAliasSecret,
	insertTransfer,
	takeTransfer,
} from './alias.repository.ts';

const TRANSFER_MS = 10 * 60_000;

/**
 * Makes a code with which another phone takes this device's alias over, within ten minutes, once. Refuses with 404 a
 * device that has logged nothing.
 */
export async function offerAlias(
	db: Db,
	secret: Secret,
	deviceSecret: string | undefined,
	now: number,
): Promise<string> {
	const token = randomBytes(32).toString('base64url');
	const tokenHash = sha256Hex(token);
	await inTransaction(db, async (trx) => {
		const alias = await findDeviceAlias(trx, deviceSecret);
		if (!alias) throw new DomainError('NOT_FOUND', 'deviceUnknown');
		await clearTransfers(trx, now);
		const sealedSecret = seal(secret, 'alias', deviceSecret!, tokenHash);
		const row = { tokenHash, deviceAliasId: alias.id, sealedSecret, createdAt: now };
		await insertTransfer(trx, { ...row, expiresAt: now + TRANSFER_MS, usedAt: null });
	});
	return token;
}

/** True while the code can be taken. */
export const isOffered = async (db: Db, token: string, now: number): Promise<boolean> =>
	(await findTransfer(db, sha256Hex(token), now)) !== undefined;

/** The secret that the code carries; it is used up. Refuses with 404 one that is over. */
export async function takeAlias(db: Db, secret: Secret, token: string, now: number): Promise<string> {
	const tokenHash = sha256Hex(token);
	return inTransaction(db, async (trx) => {
		const transfer = await findTransfer(trx, tokenHash, now);
		const taken = transfer && (await takeTransfer(trx, tokenHash, now));
		const deviceSecret = taken ? unseal(secret, 'alias', transfer.sealedSecret, tokenHash) : undefined;
		if (deviceSecret === undefined) throw new DomainError('NOT_FOUND', 'transferOver');
		return deviceSecret;
	});
}

/**
 * Nobody finds this device's drop-offs and sign-ups by its alias any more; they stay in every total. An alias that
 * another phone took over lives on there.
 */
export const forgetAlias = (db: Db, deviceSecret: string | undefined): Promise<void> =>
	inTransaction(db, async (trx) => {
		const alias = await findDeviceAlias(trx, deviceSecret);
		if (alias) await forgetAliasSecret(trx, alias.id);
	});
