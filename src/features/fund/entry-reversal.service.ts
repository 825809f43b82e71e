import { findGrant, requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { moneyScopes } from './disbursement.ts';
import {
	findReversal,
	insertReversal,
	listReversalsOf,
	updateReversal,
	type EntryReversal,
} from './entry-reversal.repository.ts';
import { checkReversible, missingFor, reversalRights, type ReversalInput } from './entry-reversal.ts';
import { findEntry, findFund, listPostings } from './fund.repository.ts';
import { getPosted, reverseEntry, type PostedEntry } from './ledger.service.ts';
import {
	decidedBy,
	isSentBefore,
	lockPaper,
	returnPaper,
	waiting,
	type PaperKind,
} from './second-person.service.ts';

/**
 * The treasurer says that an entry is wrong and why; nothing is booked before an approver confirms it. The same id with
 * the same content changes nothing. Refuses with 401, 403, 404, with 422 without a reason, with 409 other content, a
 * sale, a share of one, a reversal, what is reversed and what waits to be.
 */
export async function askReversal(
	db: Db,
	actor: Actor | undefined,
	raw: ReversalInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const found = await findEntry(db, raw.entryId);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownEntry');
	const grant = requireGrant(actor, reversalRights(found.kind).ask, moneyScopes(found.fundId));
	const { id, entryId } = raw;
	const reason = cleanText(raw.reason, { max: 300 });
	const contentHash = sha256Hex(canonicalJson({ id, entryId, reason }));
	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'fund', found.fundId);
		if (isSentBefore(await findReversal(trx, id), actor, contentHash)) return;
		checkReversible((await findEntry(trx, entryId))!);
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		if ((await listReversalsOf(trx, entryId)).some((each) => each.status === 'recorded'))
			throw new DomainError('CONFLICT', 'reversalWaits');
		await holdGrant(trx, grant.id, now);
		await insertReversal(trx, {
			...{ id, fundId: found.fundId, reversesEntryId: entryId, reason },
			...waiting(actor, { grantId: grant.id, contentHash, isSample: found.isSample }, now),
		});
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

const REVERSAL: PaperKind<EntryReversal> = {
	...{ find: findReversal, update: updateReversal, unknown: 'unknownReversal' },
	confirm: (reversal) => reversalRights(reversal.originalKind).confirm,
	returned: { action: 'entry-reversal.return', subjectKind: 'entry_reversal' },
};

/**
 * An approver confirms, and the reversal is booked in the same transaction; a second time changes nothing. An income
 * that was spent is taken from the next unspent. Refuses with 403 who asked for it or pays from this fund, with 409 what
 * was decided, what a closed month holds back and what cash or bank do not cover.
 */
export async function confirmReversal(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<PostedEntry> {
	requireActor(actor);
	return inTransaction(db, async (trx) => {
		const [reversal, grantId] = await lockPaper(trx, REVERSAL, actor, id, now);
		if (reversal.status === 'confirmed') return getPosted(trx, reversal.entryId!);
		if (reversal.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		const { fundId, reversesEntryId, reason } = reversal;
		// Money that comes back is money that whoever holds the box says is there.
		if (findGrant(actor, 'disbursement.pay', moneyScopes(fundId)))
			throw new DomainError('FORBIDDEN', 'approverIsTreasurer');
		checkReversible((await findEntry(trx, reversesEntryId))!);
		const missing = missingFor(await listPostings(trx, reversesEntryId), (await findFund(trx, fundId))!);
		if (missing) {
			const key = missing.account === 'cash' ? 'reversalCashShort' : 'reversalBankShort';
			const values = { amount: missing.amountVnd, held: missing.heldVnd };
			throw new DomainError('CONFLICT', key, { values });
		}
		const input = { id: uuidv7(now), entryId: reversesEntryId, recordedBy: grantId, reason };
		const entry = await reverseEntry(trx, input, now);
		await updateReversal(trx, id, {
			...{ status: 'confirmed', ...decidedBy(actor, grantId, now), entryId: entry.id },
		});
		return entry;
	});
}

/** Sends a request to reverse back with a reason: the entry stands. See {@link returnPaper}. */
export const returnReversal = (
	db: Db,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> => returnPaper(db, REVERSAL, actor, input, now);
