// Two funds with everything that a book holds, written by the services that people use.
import { randomBytes } from 'node:crypto';
import { openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import { carryGoods, returnGoods } from '#features/collections/collection-cycle.service.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { confirmCashCount, recordCashCount } from '#features/fund/cash-count.service.ts';
import { askReversal, confirmReversal } from '#features/fund/entry-reversal.service.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { closeMonth } from '#features/fund/month-close.service.ts';
import { confirmStatement, recordStatement } from '#features/fund/statement.service.ts';
import type { StatementInput } from '#features/fund/statement.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW } from '../support/fixtures.ts';
import { fillAndClose, makeWorld as makeSaleWorld, saleOf } from './sale-world.ts';

const KEY = ledgerKeyOf(randomBytes(32));

/** Two funds and everything that is booked in one: shared sales, gifts, payments, reversals, counts and a closed month. */
export async function makeBooks(db: Db) {
	const world = await makeSaleWorld(db);
	const { fund, treasurer, approver, steward } = world;
	const other = await makeFund(db, { adminUnitId: 'kl-2025' });
	const second = await makeActor(db, 'approver', 'fund', fund.id);
	const secondTreasurer = await makeActor(db, 'treasurer', 'fund', fund.id);
	await setFundRule(
		db,
		approver,
		{
			...{ id: uuidv7(NOW), fundId: fund.id, validFrom: '2026-11-22', twoApproversAboveVnd: 50_000 },
			...{ saleRecorder: 'steward_or_treasurer', boardDueDay: 5 },
			shares: [{ fundId: other.id, percent: 10 }],
		},
		NOW,
	);
	const state = async (over: Partial<StatementInput>) => {
		const input: StatementInput = {
			...{ id: uuidv7(NOW), fundId: fund.id, kind: 'gift', happenedOn: '2026-11-20', account: 'cash' },
			...{ amountVnd: 100_000, words: 'Bà con ủng hộ', privateNote: '', purpose: null },
			...{ photoMissingReason: 'Không có giấy', ...over },
		};
		await recordStatement(db, treasurer, input, NOW);
		return confirmStatement(db, approver, input.id, NOW);
	};
	await state({ kind: 'opening_balance', amountVnd: 30_000 });
	const gift = await state({});
	await state({ kind: 'bank_deposit', amountVnd: 20_000 });
	const sell = async () => {
		const sale = saleOf(await fillAndClose(db, world));
		await recordScrapSale(db, steward, sale, NOW);
		await confirmScrapSale(db, treasurer, sale.id, NOW);
		return sale;
	};
	const sale = await sell();
	const wrong = await sell();
	await reverseScrapSale(db, approver, { saleId: wrong.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' }, NOW);
	const pay = async (amountVnd: number, approvers = [approver]) => {
		const request = {
			...{ id: uuidv7(NOW), fundId: fund.id, purpose: 'tet_gift' as const, description: 'Quà' },
			...{ amountVnd, beneficiaryCount: 12, adminUnitId: null },
		};
		const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
		await requestDisbursement(db, officer, request, NOW);
		for (const each of approvers) await approveDisbursement(db, each, { id: request.id }, NOW);
		const entryId = uuidv7(NOW);
		await payDisbursement(db, treasurer, { id: request.id, entryId, paidOn: '2026-11-22' }, NOW);
		return { id: request.id, entryId };
	};
	const large = await pay(60_000, [approver, second]);
	const taken = await pay(5_000);
	const reversal = { id: uuidv7(NOW), entryId: taken.entryId, reason: 'Chi nhầm' };
	await askReversal(db, treasurer, reversal, NOW);
	await confirmReversal(db, approver, reversal.id, NOW);
	const held = await db
		.selectFrom('journalEntry')
		.select('cashAfterVnd')
		.where('fundId', '=', fund.id)
		.orderBy('sequence', 'desc')
		.executeTakeFirstOrThrow();
	// Counted and closed in December.
	const later = NOW + 12 * DAY;
	const today = toLocalDate(later);
	for (const [countedVnd, reason] of [[held.cashAfterVnd - 1_000, 'Thối nhầm']] as const) {
		const count = { id: uuidv7(later), fundId: fund.id, countedOn: today, countedVnd, reason };
		await recordCashCount(db, treasurer, count, later);
		await confirmCashCount(db, approver, count.id, later);
	}
	await closeMonth(db, treasurer, { id: uuidv7(later), fundId: fund.id, month: '2026-11' }, later);
	const kept = await fillAndClose(db, world);
	const goods = { cycleId: kept, materials: ['mixed_paper'] };
	await carryGoods(db, steward, goods, NOW);
	await returnGoods(db, steward, goods, NOW);
	await carryGoods(db, steward, goods, NOW);
	await openLog(db, KEY, 'nha-xanh.example', NOW);
	await sequenceFunds(db, KEY, later);
	const otherHouse = await makeHouse(db);
	return {
		...world,
		second,
		secondTreasurer,
		other,
		gift,
		sale,
		wrong,
		large,
		taken,
		reversal,
		kept,
		otherHouse,
	};
}
export type Books = Awaited<ReturnType<typeof makeBooks>>;
