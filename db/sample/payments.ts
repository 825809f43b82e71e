import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import type { PURPOSES } from '#features/fund/ledger.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { FUNDS } from './people.ts';
import { DAY, HOUR, type Plan } from './plan.ts';

type Purpose = (typeof PURPOSES)[number];

const DESCRIPTIONS: Record<Purpose, string> = {
	health_insurance_card: 'Thẻ bảo hiểm y tế cho hộ cận nghèo (mẫu)',
	scholarship: 'Học bổng đầu năm học (mẫu)',
	tet_gift: 'Quà Tết (mẫu)',
	hardship: 'Giúp gia đình gặp hoạn nạn (mẫu)',
	other_welfare: 'Việc an sinh khác (mẫu)',
};

/** What a fund pays for in a month: gifts before Tết, scholarships around the start of school, the rest all year. */
function purposesOf(date: string): Purpose[] {
	const month = Number(date.slice(5, 7));
	const allYear: Purpose[] = ['health_insurance_card', 'hardship', 'other_welfare'];
	if (month === 12 || month <= 2) return ['tet_gift', 'tet_gift', ...allYear];
	if (month >= 8 && month <= 10) return ['scholarship', 'scholarship', ...allYear];
	return allYear;
}

/** Every second month each fund pays something; the latest requests still wait. */
export function planPayments(plan: Plan & { start: number }): void {
	const { db, now, start, random, pick, actors, steps } = plan;
	for (const [index, fund] of FUNDS.entries()) {
		for (let at = start + (75 + index * 9) * DAY; at < now - 3 * DAY; at += 58 * DAY) {
			const isLast = at + 58 * DAY >= now - 3 * DAY;
			steps.push({
				at,
				run: async () => {
					const found = await findFundByCode(db, fund.code);
					const amountVnd = Math.floor(((found?.cashVnd ?? 0) * (0.35 + random() * 0.35)) / 10_000) * 10_000;
					if (!found || amountVnd <= 0) return;
					const id = uuidv7(at);
					const purpose = pick(purposesOf(toLocalDate(at)));
					const beneficiaryCount = 2 + Math.floor(random() * 14);
					const input = {
						id,
						fundId: found.id,
						purpose,
						description: DESCRIPTIONS[purpose],
						amountVnd,
						beneficiaryCount,
						adminUnitId: fund.wardId,
					};
					await requestDisbursement(db, actors['ward_officer'], input, at);
					if (isLast && index % 2 === 0) return;
					await approveDisbursement(db, actors['approver'], { id }, at + HOUR);
					if (isLast) return;
					await payDisbursement(
						db,
						actors['treasurer'],
						{ id, entryId: uuidv7(at), paidOn: toLocalDate(at + 2 * HOUR) },
						at + 2 * HOUR,
					);
				},
			});
		}
	}
}
