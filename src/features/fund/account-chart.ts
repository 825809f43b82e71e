// What was sold by material, and what was spent by purpose, as bars beside their figures.
import { PURPOSE_ACCOUNTS, SOURCE_ACCOUNTS } from './entry-filter.ts';

export type AccountBar = { account: string; amountVnd: number; percent: number };
export type AccountChart = { bars: AccountBar[]; totalVnd: number };

/** Accounts that have an amount, the largest first; a bar's length is its part of the largest. */
function layOut(accounts: string[], amountOf: (account: string) => number): AccountChart {
	const found = accounts
		.map((account) => ({ account, amountVnd: amountOf(account) }))
		.filter(({ amountVnd }) => amountVnd !== 0)
		.sort((a, b) => b.amountVnd - a.amountVnd);
	const largest = Math.max(1, ...found.map(({ amountVnd }) => amountVnd));
	return {
		bars: found.map((bar) => ({
			...bar,
			percent: Math.max(0, Math.round((bar.amountVnd * 1000) / largest) / 10),
		})),
		totalVnd: found.reduce((sum, { amountVnd }) => sum + amountVnd, 0),
	};
}

/** Of debits less credits by account: what sales brought in. Gifts are no material. */
export const layOutMaterials = (sums: Map<string, number>): AccountChart =>
	layOut(
		SOURCE_ACCOUNTS.filter((account) => account !== 'gift'),
		(account) => -(sums.get(account) ?? 0),
	);

/** What was spent. */
export const layOutPurposes = (sums: Map<string, number>): AccountChart =>
	layOut(PURPOSE_ACCOUNTS, (account) => sums.get(account) ?? 0);
