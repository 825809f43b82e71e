// What people do with a fund's book besides sales and payments: its rule, an opening balance, gifts, counts, closings.
import { endDisclosure, recordDisclosure } from '#features/disclosures/disclosure.service.ts';
import type { DisclosureInput } from '#features/disclosures/disclosure.ts';
import { confirmCashCount, recordCashCount } from '#features/fund/cash-count.service.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { closeMonth, readMonths } from '#features/fund/month-close.service.ts';
import { lastDayOf } from '#features/fund/month-close.ts';
import { monthsBefore } from '#features/fund/month-chart.ts';
import { confirmStatement, recordStatement } from '#features/fund/statement.service.ts';
import type { StatementInput } from '#features/fund/statement.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { COUNCIL_FUND, COUNCIL_PERCENT, FUNDS, SCHOOL_FUND, WARD_PERCENT, type School } from './people.ts';
import { DAY, HOUR, type Plan } from './plan.ts';

/** Sales of the last weeks still wait for somebody; before that nothing does. */
const SETTLED_DAYS = 60;

/** The rule from the first day on, an opening balance, a gift, each settled month counted and closed, and each month's sheet on the board. */
export function planBooks(plan: Omit<Plan, 'random' | 'pick'> & { start: number; school: School }): void {
	const { db, now, start, actors, steps, school } = plan;
	const { treasurer, approver } = actors;
	const idOf = async (code: string) => (await findFundByCode(db, code))!.id;
	/** The school's fund gives parts to the council's and to its ward's. */
	const sharesOf = async (code: string) => {
		if (code !== SCHOOL_FUND.code) return [];
		const ward = FUNDS.find(({ wardId }) => wardId === school.house.ward.id)!;
		return [
			{ fundId: await idOf(COUNCIL_FUND.code), percent: COUNCIL_PERCENT },
			{ fundId: await idOf(ward.code), percent: WARD_PERCENT },
		];
	};
	for (const [index, fund] of [...FUNDS, SCHOOL_FUND, COUNCIL_FUND].entries()) {
		const fundId = () => idOf(fund.code);
		const book = async (at: number, over: Pick<StatementInput, 'kind' | 'amountVnd' | 'words'>) => {
			const input: StatementInput = {
				...{ id: uuidv7(at), fundId: await fundId(), happenedOn: toLocalDate(at), account: 'cash' as const },
				...{ privateNote: '', purpose: null, photoMissingReason: 'Phiếu mẫu nên không có ảnh' },
				...over,
			};
			await recordStatement(db, treasurer, input, at);
			await confirmStatement(db, approver, input.id, at);
		};
		// Between the hours at which houses sell and funds pay.
		const opened = start + DAY + 5 * HOUR;
		steps.push({
			at: opened,
			run: async () => {
				const rule = {
					...{ id: uuidv7(opened), fundId: await fundId(), validFrom: toLocalDate(opened) },
					...{ twoApproversAboveVnd: 20_000_000, saleRecorder: 'steward_or_treasurer' as const },
					...{ boardDueDay: 5, shares: await sharesOf(fund.code) },
				};
				await setFundRule(db, approver, rule, opened);
				const amountVnd = (3 + index) * 100_000;
				await book(opened, { kind: 'opening_balance', amountVnd, words: 'Số dư của sổ giấy (mẫu)' });
			},
		});
		const given = now - (20 + index * 11) * DAY + 5 * HOUR;
		steps.push({
			at: given,
			run: () => book(given, { kind: 'gift', amountVnd: 250_000, words: 'Bà con ủng hộ (mẫu)' }),
		});
		for (let month = toLocalDate(start).slice(0, 7); ; month = monthsBefore(month, -1)) {
			const at = startOfLocalDate(lastDayOf(month)) + DAY + 8 * HOUR + index * HOUR;
			if (at > now - SETTLED_DAYS * DAY) break;
			steps.push({ at, run: () => endMonth(month, at) });
		}
		const disclose = (at: number, over: Pick<DisclosureInput, 'id' | 'month' | 'form'>) => ({
			at,
			run: async () => {
				const input = {
					...{ fundId: await fundId(), subject: '', fromOn: toLocalDate(at), toOn: null, note: '' },
					...{
						place:
							fund.code === SCHOOL_FUND.code
								? 'Bảng tin của trường (mẫu)'
								: `Nhà văn hoá khối ${index + 1} (mẫu)`,
						photoMissingReason: 'Bản ghi mẫu nên không có ảnh',
					},
					...over,
				};
				await recordDisclosure(db, treasurer, input, at);
			},
		});
		/** On the third day of the month after. */
		const hungAt = (month: string) => startOfLocalDate(lastDayOf(month)) + 3 * DAY + (9 + index) * HOUR;
		for (let month = toLocalDate(opened).slice(0, 7); hungAt(month) <= now; month = monthsBefore(month, -1)) {
			const at = hungAt(month);
			const next = hungAt(monthsBefore(month, -1));
			// One sheet that people wait for.
			if (index === 1 && next > now) break;
			const id = uuidv7(at);
			steps.push(disclose(at, { id, month, form: 'board' }));
			if (next <= now) {
				const end = { id, toOn: toLocalDate(next) };
				steps.push({ at: next - HOUR, run: () => endDisclosure(db, treasurer, end, next) });
			}
			if (Number(month.slice(5)) % 4 !== 0 || at + DAY > now) continue;
			steps.push(disclose(at + DAY, { id: uuidv7(at + DAY), month, form: 'meeting' }));
		}

		/** The cash agrees, an approver has seen it, and the month is closed; an empty book has none. */
		async function endMonth(month: string, at: number): Promise<void> {
			const found = (await findFundByCode(db, fund.code))!;
			if ((await readMonths(db, found.id, toLocalDate(at))).next !== month) return;
			const id = uuidv7(at);
			const count = {
				id,
				fundId: found.id,
				countedOn: toLocalDate(at),
				countedVnd: found.cashVnd,
				reason: '',
			};
			await recordCashCount(db, treasurer, count, at);
			await confirmCashCount(db, approver, id, at);
			await closeMonth(db, treasurer, { id: uuidv7(at), fundId: found.id, month }, at);
		}
	}
}
