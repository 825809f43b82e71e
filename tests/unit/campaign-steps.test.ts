// What a school's lead is led to next, from the first sheet to the fund.
import { expect, test } from 'vitest';
import { campaignSteps, type CampaignFacts } from '#features/trace/campaign-steps.ts';
import type { SchoolMoney, SchoolSale } from '#features/trace/school-money.ts';

const cycle = (closedOn: string | null, isHolding: boolean): SchoolMoney['cycles'][number] => ({
	...{ id: `${closedOn} ${isHolding}`, number: 1, closedOn, isSold: !isHolding, isHolding },
});
const sale = (status: SchoolSale['status']): SchoolSale => ({
	...{ id: status, status, soldOn: '2026-11-20', cashReceivedVnd: 1000, entryId: null, voucher: undefined },
	...{ cycleIds: [], fund: { code: 'A', nameVi: 'A', nameEn: 'A' }, shares: [] },
	part: { ownGrams: 1, others: [] },
});
const OPEN = cycle(null, true);
const CLOSED = cycle('2026-11-20', true);
const SOLD = cycle('2026-11-20', false);

type Row = [what: string, facts: Partial<CampaignFacts>, next: string | undefined, states: string];
test.each<Row>([
	['running, with nothing yet', {}, 'sheets', 'taking later later later later later later'],
	[
		'running, with sheets that wait',
		{ sheets: { entered: 2, approved: 3 }, money: { cycles: [OPEN], sales: [] } },
		...(['sheets', 'now later later later later later later'] as const),
	],
	[
		'running, emptied and sold meanwhile',
		{ sheets: { entered: 0, approved: 3 }, money: { cycles: [CLOSED, SOLD], sales: [sale('recorded')] } },
		...(['sheets', 'taking later later partly now waits later'] as const),
	],
	['over, with no sheet', { state: 'over' }, 'sheets', 'now later later later later later later'],
	[
		'over, not weighed',
		{ state: 'over', sheets: { entered: 0, approved: 3 }, money: { cycles: [OPEN], sales: [] } },
		...(['weigh', 'done now now later later later later'] as const),
	],
	[
		'over, weighed',
		{ state: 'over', sheets: { entered: 0, approved: 3 }, weighIns: 1, money: { cycles: [OPEN], sales: [] } },
		...(['end', 'done done now later later later later'] as const),
	],
	[
		'ended, not emptied, never weighed',
		{ state: 'ended', sheets: { entered: 0, approved: 3 }, money: { cycles: [OPEN], sales: [] } },
		...(['close', 'done none done now later later later'] as const),
	],
	[
		'emptied',
		{ state: 'ended', sheets: { entered: 0, approved: 3 }, money: { cycles: [CLOSED], sales: [] } },
		...(['sell', 'done none done done now later later'] as const),
	],
	[
		'part of it kept for the open cycle, the rest sold',
		{
			...{ state: 'ended', sheets: { entered: 0, approved: 3 }, weighIns: 1 },
			money: { cycles: [OPEN, SOLD], sales: [sale('confirmed')] },
		},
		...(['close', 'done done done now partly partly partly'] as const),
	],
	[
		'sold, not confirmed',
		{
			...{ state: 'ended', sheets: { entered: 0, approved: 3 }, weighIns: 1 },
			money: { cycles: [SOLD], sales: [sale('recorded')] },
		},
		...(['confirm', 'done done done done done waits later'] as const),
	],
	[
		'in the fund',
		{
			...{ state: 'ended', sheets: { entered: 0, approved: 3 }, weighIns: 1 },
			money: { cycles: [SOLD], sales: [sale('confirmed')] },
		},
		...([undefined, 'done done done done done done done'] as const),
	],
	['ended with nothing', { state: 'ended' }, ...([undefined, 'none none done none none none none'] as const)],
])('a campaign that is %s', (_what, over, next, states) => {
	const found = campaignSteps({
		...{ state: 'running', sheets: { entered: 0, approved: 0 }, weighIns: 0 },
		money: { cycles: [], sales: [] },
		...over,
	});
	expect([found.next, found.steps.map(({ state }) => state).join(' ')]).toEqual([next, states]);
});
