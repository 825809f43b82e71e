// What a person shows at sign-in besides a password.
import type { CredentialPasskeyTable, CredentialTotpTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { findPassword } from './person.repository.ts';

/** True when the person has a passkey or a confirmed authenticator app. */
export async function hasSecondFactor(db: Db, personId: string): Promise<boolean> {
	if ((await listPasskeys(db, personId)).length > 0) return true;
	return (await findTotp(db, personId))?.confirmedAt != null;
}

/** True when somebody gave no second factor because there is none yet: they add one instead of showing it. */
export const lacksSecondFactor = async (
	db: Db,
	actor: { personId: string; isStrong: boolean } | undefined,
): Promise<boolean> => actor !== undefined && !actor.isStrong && !(await hasSecondFactor(db, actor.personId));

export const listPasskeys = (db: Db, personId: string) =>
	db
		.selectFrom('credentialPasskey')
		.selectAll()
		.where('personId', '=', personId)
		.orderBy('createdAt')
		.execute();

export const findPasskey = (db: Db, id: string) =>
	db
		.selectFrom('credentialPasskey')
		.innerJoin('person', 'person.id', 'credentialPasskey.personId')
		.selectAll('credentialPasskey')
		.select('person.isSample')
		.where('credentialPasskey.id', '=', id)
		.where('person.erasedAt', 'is', null)
		.executeTakeFirst();

export const insertPasskey = (trx: Trx, passkey: CredentialPasskeyTable) =>
	trx.insertInto('credentialPasskey').values(passkey).execute();

/** Moves a passkey's counter on; false when it went backwards meanwhile, as a copied one does. */
export async function updatePasskey(
	trx: Trx,
	{ id, counter, now }: { id: string; counter: number; now: number },
): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('credentialPasskey')
		.set({ counter, lastUsedAt: now })
		.where('id', '=', id)
		.where((eb) => (counter === 0 ? eb('counter', '=', 0) : eb('counter', '<', counter)))
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

export const deletePasskey = (trx: Trx, personId: string, id: string) =>
	trx.deleteFrom('credentialPasskey').where('personId', '=', personId).where('id', '=', id).execute();

export const findTotp = (db: Db, personId: string) =>
	db.selectFrom('credentialTotp').selectAll().where('personId', '=', personId).executeTakeFirst();

/** Writes down a new secret; one that was never confirmed is replaced. */
export const upsertTotp = (trx: Trx, row: CredentialTotpTable) =>
	trx
		.insertInto('credentialTotp')
		.values(row)
		.onConflict((conflict) =>
			conflict
				.column('personId')
				.doUpdateSet({ sealedSecret: row.sealedSecret, createdAt: row.createdAt, lastStep: row.lastStep })
				.where('credentialTotp.confirmedAt', 'is', null),
		)
		.execute();

/** Takes a time step; false when it, or a later one, was taken before. */
export async function takeTotpStep(trx: Trx, personId: string, step: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('credentialTotp')
		.set({ lastStep: step })
		.where('personId', '=', personId)
		.where('lastStep', '<', step)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

export const confirmTotp = (trx: Trx, personId: string, now: number) =>
	trx
		.updateTable('credentialTotp')
		.set({ confirmedAt: now })
		.where('personId', '=', personId)
		.where('confirmedAt', 'is', null)
		.execute();

/** Forgets an app's secret of which no code was ever given. */
export const deleteUnconfirmedTotp = (trx: Trx, personId: string) =>
	trx
		.deleteFrom('credentialTotp')
		.where('personId', '=', personId)
		.where('confirmedAt', 'is', null)
		.execute();

export const deleteTotp = (trx: Trx, personId: string) =>
	trx.deleteFrom('credentialTotp').where('personId', '=', personId).execute();

export async function replaceRecoveryCodes(trx: Trx, personId: string, hashes: string[]): Promise<void> {
	await trx.deleteFrom('recoveryCode').where('personId', '=', personId).execute();
	if (hashes.length === 0) return;
	const rows = hashes.map((codeHash) => ({ personId, codeHash, usedAt: null }));
	await trx.insertInto('recoveryCode').values(rows).execute();
}

/** Uses up a recovery code; false when there is no such unused one. */
export async function takeRecoveryCode(
	trx: Trx,
	personId: string,
	codeHash: string,
	now: number,
): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('recoveryCode')
		.set({ usedAt: now })
		.where('personId', '=', personId)
		.where('codeHash', '=', codeHash)
		.where('usedAt', 'is', null)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** What somebody showed, as it was when it was checked. */
export type Proof =
	| { kind: 'password'; hash: string }
	| { kind: 'passkey'; id: string }
	| { kind: 'totp'; sealedSecret: string }
	| { kind: 'recoveryCode'; codeHash: string };

/** True while what was shown is still the person's: not changed, replaced or taken away since it was checked. */
export async function isStillProof(trx: Trx, personId: string, proof: Proof): Promise<boolean> {
	switch (proof.kind) {
		case 'password':
			return (await findPassword(trx, personId))?.hash === proof.hash;
		case 'passkey':
			return (await findPasskey(trx, proof.id))?.personId === personId;
		case 'totp': {
			const totp = await findTotp(trx, personId);
			return totp?.sealedSecret === proof.sealedSecret && totp.confirmedAt !== null;
		}
		case 'recoveryCode': {
			const query = trx.selectFrom('recoveryCode').select('codeHash').where('personId', '=', personId);
			return (await query.where('codeHash', '=', proof.codeHash).executeTakeFirst()) !== undefined;
		}
	}
}

export const listRecoveryCodes = (db: Db, personId: string) =>
	db.selectFrom('recoveryCode').select('usedAt').where('personId', '=', personId).execute();

/** Remembers a challenge that was answered; false when it was answered before. */
export async function takeChallenge(
	trx: Trx,
	hash: string,
	expiresAt: number,
	now: number,
): Promise<boolean> {
	await trx.deleteFrom('usedChallenge').where('expiresAt', '<', now).execute();
	const { numInsertedOrUpdatedRows } = await trx
		.insertInto('usedChallenge')
		.values({ hash, expiresAt })
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst();
	return Number(numInsertedOrUpdatedRows) === 1;
}

/** Reset codes that were not used yet lapse now. */
export const voidResetCodes = (trx: Trx, personId: string, now: number) =>
	trx
		.updateTable('resetCode')
		.set({ expiresAt: now })
		.where('personId', '=', personId)
		.where('usedAt', 'is', null)
		.where('expiresAt', '>', now)
		.execute();

/** Takes every second factor away, with the codes that stand for it. */
export async function deleteSecondFactors(trx: Trx, personId: string): Promise<void> {
	await trx.deleteFrom('credentialPasskey').where('personId', '=', personId).execute();
	await deleteTotp(trx, personId);
	await replaceRecoveryCodes(trx, personId, []);
}
