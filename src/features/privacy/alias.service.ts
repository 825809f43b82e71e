// A household's alias moves to another phone by a code that works once. Or it is forgotten.
import { createHmac, randomBytes } from 'node:crypto';
import { findDeviceAlias, type DeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import {
	findTransfer,
	forgetAliasSecret,
	insertTransfer,
	takeTransfer,
	updateAliasSecret,
	voidTransfers,
} from './alias.repository.ts';

const TRANSFER_MS = 10 * 60_000;

/** The device's alias, which nobody moves or forgets until the transaction ends. */
async function lockAlias(trx: Trx, deviceSecret: string | undefined): Promise<DeviceAlias | undefined> {
	const alias = await findDeviceAlias(trx, deviceSecret);
	if (alias) await lockRow(trx, 'device_alias', alias.id);
	// It may have gone to another phone while this one waited.
	return findDeviceAlias(trx, deviceSecret);
}

/**
 * Makes a code with which another phone takes this device's alias over, within ten minutes, once; a code made before
 * is void. Refuses with 404 a device that has logged nothing.
 */
export async function offerAlias(db: Db, deviceSecret: string | undefined, now: number): Promise<string> {
	const token = randomBytes(32).toString('base64url');
	await inTransaction(db, async (trx) => {
		const alias = await lockAlias(trx, deviceSecret);
		if (!alias) throw new DomainError('NOT_FOUND', 'deviceUnknown');
		await voidTransfers(trx, alias.id);
		const row = { tokenHash: sha256Hex(token), deviceAliasId: alias.id, createdAt: now };
		await insertTransfer(trx, { ...row, expiresAt: now + TRANSFER_MS, usedAt: null });
	});
	return token;
}

/** True while the code can be taken. */
export async function isOffered(db: Db, token: string, now: number): Promise<boolean> {
	const transfer = await findTransfer(db, sha256Hex(token));
	return transfer !== undefined && transfer.usedAt === null && transfer.expiresAt > now;
}

/**
 * Moves the code's alias to the phone that holds `ownSecret`; returns the phone's new secret. The secret of the phone
 * it came from opens nothing from then on. A phone whose answer was lost may ask again: its new secret follows from its
 * own and the code. Refuses with 404 a code that is over.
 */
export async function takeAlias(db: Db, token: string, ownSecret: string, now: number): Promise<string> {
	const tokenHash = sha256Hex(token);
	const newSecret = createHmac('sha256', ownSecret).update(`take-alias:${tokenHash}`).digest('base64url');
	return inTransaction(db, async (trx) => {
		const aliasId = (await findTransfer(trx, tokenHash))?.deviceAliasId;
		if (aliasId !== undefined) await lockRow(trx, 'device_alias', aliasId);
		const transfer = await findTransfer(trx, tokenHash);
		if (!transfer) throw new DomainError('NOT_FOUND', 'transferOver');
		const held = [newSecret, ownSecret].find((secret) => sha256Hex(secret) === transfer.secretHash);
		if (transfer.usedAt !== null && held !== undefined) return held;
		if (transfer.expiresAt <= now || !(await takeTransfer(trx, tokenHash, now)))
			throw new DomainError('NOT_FOUND', 'transferOver');
		await voidTransfers(trx, transfer.deviceAliasId);
		await updateAliasSecret(trx, transfer.deviceAliasId, newSecret);
		return newSecret;
	});
}

/** Nobody finds this device's drop-offs and sign-ups by its alias any more; they stay in every total. */
export const forgetAlias = (db: Db, deviceSecret: string | undefined): Promise<void> =>
	inTransaction(db, async (trx) => {
		const alias = await lockAlias(trx, deviceSecret);
		if (!alias) return;
		await voidTransfers(trx, alias.id);
		await forgetAliasSecret(trx, alias.id);
	});
