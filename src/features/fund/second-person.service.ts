// What one person of a fund records and a second one decides: statements, cash counts, reversals.
import type { TwoPeople } from '#db/schema.ts';
import { requireActor, requireGrant, type Act, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { moneyScopes } from './disbursement.ts';

export type Decision = Pick<
	TwoPeople,
	'status' | 'decidedAt' | 'decidedBy' | 'confirmerId' | 'returnReason' | 'entryId'
>;

/** One kind of such papers: how its rows are found and decided, and by whom. */
export type PaperKind<Row> = {
	find: (db: Db, id: string) => Promise<Row | undefined>;
	update: (trx: Trx, id: string, change: Partial<Decision>) => Promise<unknown>;
	unknown: DomainErrorKey;
	confirm: (row: Row) => Act;
	/** How its return stands in the audit log. */
	returned: { action: string; subjectKind: string };
};

type Paper = Pick<TwoPeople, 'recorderId' | 'status' | 'returnReason'> & { id: string; fundId: string };

/** True for a form that was sent before by the same person; refuses with 409 what else has taken its id. */
export function isSentBefore(
	existing: Pick<TwoPeople, 'contentHash' | 'recorderId'> | undefined,
	actor: Actor,
	contentHash: string,
): boolean {
	if (!existing) return false;
	if (existing.contentHash === contentHash && existing.recorderId === actor.personId) return true;
	throw new DomainError('CONFLICT', 'sameIdOtherContent');
}

/** The columns of a paper that waits for its second person. */
export const waiting = (
	actor: Actor,
	{ grantId, contentHash, isSample }: { grantId: string; contentHash: string; isSample: 0 | 1 },
	now: number,
): TwoPeople => ({
	...{ recordedAt: now, recordedBy: grantId, recorderId: actor.personId, status: 'recorded' },
	...{ decidedAt: null, decidedBy: null, confirmerId: null, returnReason: null, entryId: null },
	...{ contentHash, isSample },
});

/** Takes the fund's lock, reads the paper and finds the second person's grant. Refuses with 403 and 404. */
export async function lockPaper<Row extends Paper>(
	trx: Trx,
	kind: PaperKind<Row>,
	actor: Actor,
	id: string,
	now: number,
): Promise<[Row, string]> {
	const found = await kind.find(trx, id);
	if (!found) throw new DomainError('NOT_FOUND', kind.unknown);
	await lockRow(trx, 'fund', found.fundId);
	const row = (await kind.find(trx, id))!;
	const grant = requireGrant(actor, kind.confirm(row), moneyScopes(row.fundId));
	if (actor.personId === row.recorderId) throw new DomainError('FORBIDDEN', 'confirmerIsRecorder');
	await holdGrant(trx, grant.id, now);
	return [row, grant.id];
}

/** The columns of a word that was given. */
export const decidedBy = (actor: Actor, grantId: string, now: number) => ({
	...{ decidedAt: now, decidedBy: grantId, confirmerId: actor.personId },
});

/** Sends a paper back with a reason. The same a second time changes nothing; 422 without a reason. */
export async function returnPaper<Row extends Paper>(
	db: Db,
	kind: PaperKind<Row>,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const reason = cleanText(input.reason, { max: 300 });
	await inTransaction(db, async (trx) => {
		const [row, grantId] = await lockPaper(trx, kind, actor, input.id, now);
		if (row.status === 'returned' && row.returnReason === reason) return;
		if (row.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		const decision = { ...decidedBy(actor, grantId, now), returnReason: reason };
		await kind.update(trx, row.id, { status: 'returned', ...decision });
		await insertAuditEvent(trx, { ...kind.returned, subjectId: row.id, roleGrantId: grantId }, now);
	});
}
