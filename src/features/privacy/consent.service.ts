import { requireActor, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { findPerson } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	findLiveConsent,
	insertConsent,
	linkAlias,
	unlinkAliases,
	withdrawConsent,
} from './consent.repository.ts';
import { NOTICE } from './notice.ts';
import { findVersion } from './notice.repository.ts';

export type LinkInput = {
	deviceSecret: string;
	/** The version of the notice that stood on the page. */
	noticeVersion: number;
};

/** Refuses with 409 a notice that is not the newest one: what a consent names is what was read. */
export async function requireNewestNotice(db: Db, noticeVersion: number): Promise<void> {
	const newest = await findVersion(db, NOTICE);
	if (noticeVersion !== newest)
		throw new DomainError('CONFLICT', 'noticeNewer', { values: { version: newest } });
}

/**
 * The person agrees that what this device has logged, and will log, is linked to their account, within a transaction
 * of the caller. Given again under the same notice it changes nothing; under a newer one it is a new consent. Refuses
 * with 409 a device that is linked to somebody else, and like {@link requireNewestNotice}.
 */
export async function linkDropOffsWithin(
	trx: Trx,
	personId: string,
	{ deviceSecret, noticeVersion }: LinkInput,
	now: number,
): Promise<void> {
	await lockRow(trx, 'person', personId);
	if (!(await findPerson(trx, personId))) throw new DomainError('UNAUTHORIZED', 'signInFirst');
	await requireNewestNotice(trx, noticeVersion);
	const live = await findLiveConsent(trx, personId, 'link_drop_offs');
	if (live?.noticeVersion !== noticeVersion) {
		// Given again under another text: the one before ends, and both say what was read.
		if (live) {
			await withdrawConsent(trx, personId, 'link_drop_offs', now);
			const ended = { action: 'consent.replace', subjectKind: 'person', subjectId: personId, personId };
			await insertAuditEvent(trx, ended, now);
		}
		const consent = { id: uuidv7(now), personId, purpose: 'link_drop_offs', noticeVersion } as const;
		await insertConsent(trx, { ...consent, givenAt: now, withdrawnAt: null });
		await insertAuditEvent(
			trx,
			{ action: 'consent.give', subjectKind: 'person', subjectId: personId, personId },
			now,
		);
	}
	// A device that has logged nothing yet gets its alias now, for what it will log.
	const alias = await ensureDeviceAlias(trx, now, deviceSecret);
	if (!(await linkAlias(trx, alias.id, personId))) throw new DomainError('CONFLICT', 'deviceOfAnother');
}

/** Like {@link linkDropOffsWithin} for somebody who is signed in. */
export async function linkDropOffs(
	db: Db,
	actor: Actor | undefined,
	input: LinkInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, (trx) => linkDropOffsWithin(trx, actor.personId, input, now));
}

/** Takes the consent back: no drop-off is linked to the account any more. A second time changes nothing. */
export async function withdrawLink(db: Db, actor: Actor | undefined, now: number): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		if (!(await findLiveConsent(trx, personId, 'link_drop_offs'))) return;
		await withdrawConsent(trx, personId, 'link_drop_offs', now);
		await unlinkAliases(trx, personId);
		await insertAuditEvent(
			trx,
			{ action: 'consent.withdraw', subjectKind: 'person', subjectId: personId, personId },
			now,
		);
	});
}
