import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	findCount,
	hasCashMovedSince,
	hasCashMovedSinceDay,
	insertCount,
	listWaitingCounts,
	updateCount,
	type CashCount,
} from './cash-count.repository.ts';
import { checkCount, type CashCountInput } from './cash-count.ts';
import { moneyScopes } from './disbursement.ts';
import { findFund } from './fund.repository.ts';
import { postEntry } from './ledger.service.ts';
import { findLastMonthAct } from './month-close.repository.ts';
import { checkMonthOpen } from './month-close.ts';
import {
	decidedBy,
	isSentBefore,
	lockPaper,
	returnPaper,
	waiting,
	type PaperKind,
} from './second-person.service.ts';

/**
 * The treasurer counts the box; what the book says is read at the same moment. The same id with the same content
 * changes nothing. Refuses with 401, 403, 404, with 422 a difference without a reason, with 409 other content, a count
 * beside one that waits, a closed month, and a day after which cash has moved.
 */
export async function recordCashCount(
	db: Db,
	actor: Actor | undefined,
	raw: CashCountInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const grant = requireGrant(actor, 'cash-count.record', moneyScopes(raw.fundId));
	const input = { ...raw, reason: cleanText(raw.reason, { max: 200 }) };
	checkCount(input, toLocalDate(now));
	const contentHash = sha256Hex(canonicalJson(input));
	const write = async (trx: Trx): Promise<void> => {
		const fund = (await lockRow(trx, 'fund', input.fundId)) && (await findFund(trx, input.fundId));
		if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
		if (isSentBefore(await findCount(trx, input.id), actor, contentHash)) return;
		if ((await listWaitingCounts(trx, [fund.id])).length > 0) throw new DomainError('CONFLICT', 'countWaits');
		const lastAct = await findLastMonthAct(trx, fund.id);
		try {
			checkMonthOpen(lastAct, input.countedOn);
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			throw new DomainError(error.kind, error.key, { field: 'countedOn', values: error.values });
		}
		if (await hasCashMovedSinceDay(trx, fund.id, input.countedOn, fund.cashVnd))
			throw new DomainError('CONFLICT', 'cashMovedSinceCount', { field: 'countedOn' });
		const differenceVnd = input.countedVnd - fund.cashVnd;
		if (differenceVnd !== 0 && !input.reason) {
			const values = { counted: input.countedVnd, book: fund.cashVnd };
			throw new DomainError('UNPROCESSABLE_CONTENT', 'countDiffers', { field: 'reason', values });
		}
		await holdGrant(trx, grant.id, now);
		await insertCount(trx, {
			...input,
			bookVnd: fund.cashVnd,
			bookSequence: fund.entryCount,
			differenceVnd,
			...waiting(actor, { grantId: grant.id, contentHash, isSample: fund.isSample }, now),
		});
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

const COUNT: PaperKind<CashCount> = {
	...{ find: findCount, update: updateCount, unknown: 'unknownCount', confirm: () => 'cash-count.confirm' },
	returned: { action: 'cash-count.return', subjectKind: 'cash_count' },
};

/**
 * An approver confirms a count; a difference is booked in the same transaction. A second time changes nothing. Refuses
 * with 409 when cash has moved since: then it is counted again.
 */
export async function confirmCashCount(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const [count, grantId] = await lockPaper(trx, COUNT, actor, id, now);
		if (count.status === 'confirmed') return;
		if (count.status !== 'recorded') throw new DomainError('CONFLICT', 'alreadyDecided');
		if (await hasCashMovedSince(trx, count.fundId, Math.max(1, count.bookSequence), count.bookVnd))
			throw new DomainError('CONFLICT', 'cashMovedSinceCount');
		const entryId = count.differenceVnd === 0 ? null : uuidv7(now);
		if (entryId !== null) {
			const amountVnd = Math.abs(count.differenceVnd);
			const { countedOn, countedVnd, bookVnd, reason } = count;
			await postEntry(
				trx,
				{
					id: entryId,
					fundId: count.fundId,
					kind: 'cash_difference',
					happenedOn: countedOn,
					bookedOn: toLocalDate(now),
					recordedBy: grantId,
					source: {
						kind: 'cash_count',
						id: count.id,
						content: { countedOn, countedVnd, bookVnd, recordedBy: count.recordedBy },
					},
					postings: [
						count.differenceVnd > 0
							? { debit: 'cash', credit: 'cash-over-short', amountVnd }
							: { debit: 'cash-over-short', credit: 'cash', amountVnd },
					],
					text: { kind: 'cash_difference', countedOn, countedVnd, bookVnd, reason },
				},
				now,
			);
		}
		await updateCount(trx, id, {
			...{ status: 'confirmed', ...decidedBy(actor, grantId, now), entryId },
		});
		const event = { action: 'cash-count.confirm', subjectKind: 'cash_count', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
	});
}

/** Sends a count back with a reason, to be counted again; see {@link returnPaper}. */
export const returnCashCount = (
	db: Db,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> => returnPaper(db, COUNT, actor, input, now);
