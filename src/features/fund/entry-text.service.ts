import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { eraseTextRow, findEntry } from './fund.repository.ts';

/**
 * Erases the public words of an entry for good: a name that should not stand there, or a place that gives a small group
 * away. Its amounts, its hash and the tree stay, and its salt is told no more, for short words could be guessed with it
 * (ledger.md). A second time changes nothing. Refuses with 401, 403 and 404.
 */
export async function eraseEntryText(
	db: Db,
	actor: Actor | undefined,
	entryId: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const grant = requireGrant(actor, 'entry-text.erase', []);
	await inTransaction(db, async (trx) => {
		const entry = await findEntry(trx, entryId);
		if (!entry) throw new DomainError('NOT_FOUND', 'unknownEntry');
		requireSameKind(actor, entry.isSample === 1);
		await holdGrant(trx, grant.id, now);
		if (!(await eraseTextRow(trx, entryId, now))) return;
		const event = { action: 'journal-entry.erase-text', subjectKind: 'journal_entry', subjectId: entryId };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}
