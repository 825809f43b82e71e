// A campaign from its first sheet to the fund: how far each step is, and which one is next.
import type { CampaignState } from '#features/schools/campaign.ts';
import type { SchoolMoney } from './school-money.ts';

export const STEPS = ['sheets', 'weigh', 'end', 'close', 'sell', 'confirm', 'fund'] as const;
export type StepName = (typeof STEPS)[number];

/**
 * `now`: there is something to do for the lead; `waits`: for somebody else; `none`: nothing was left to do; `taking`: sheets
 * come in and none waits; `partly`: some of the goods are as far, and the rest cannot come on yet.
 */
export type StepState = 'done' | 'now' | 'waits' | 'later' | 'none' | 'taking' | 'partly';

export type CampaignFacts = {
	state: Exclude<CampaignState, 'draft'>;
	sheets: { entered: number; approved: number };
	weighIns: number;
	money: Pick<SchoolMoney, 'cycles' | 'sales'>;
};

export type CampaignSteps = {
	steps: { name: StepName; state: StepState }[];
	/** The first step with something to do, for the lead or for somebody else; undefined when all is done, or nothing came. */
	next: StepName | undefined;
	/** Cycles that hold goods of the campaign: still open, and closed but unsold. */
	open: SchoolMoney['cycles'];
	unsold: SchoolMoney['cycles'];
};

/**
 * What stands and what is next. Weighing comes before the end and may be left out; what a steward emptied while the
 * campaign ran can be sold at once.
 */
export function campaignSteps({ state, sheets, weighIns, money }: CampaignFacts): CampaignSteps {
	const [isEnded, isOver] = [state === 'ended', state === 'over'];
	const isRunning = state === 'running';
	const open = money.cycles.filter((cycle) => cycle.isHolding && cycle.closedOn === null);
	const unsold = money.cycles.filter((cycle) => cycle.isHolding && cycle.closedOn !== null);
	const recorded = money.sales.filter((sale) => sale.status === 'recorded').length;
	const confirmed = money.sales.length - recorded;
	const areSheetsDone = sheets.entered === 0 && (isEnded || (isOver && sheets.approved > 0));
	const isAllSold = isEnded && open.length + unsold.length === 0;
	const isClosedOnce = money.cycles.some(({ closedOn }) => closedOn !== null);
	const restOf = (isSomeDone: boolean): StepState => (isSomeDone ? 'partly' : 'later');
	const stateOf: Record<StepName, StepState> = {
		sheets: areSheetsDone
			? sheets.approved > 0
				? 'done'
				: 'none'
			: isRunning && sheets.entered === 0
				? 'taking'
				: 'now',
		weigh: weighIns > 0 ? 'done' : isEnded ? 'none' : isOver && areSheetsDone ? 'now' : 'later',
		end: isEnded ? 'done' : isOver && areSheetsDone ? 'now' : 'later',
		close: !isEnded
			? restOf(isClosedOnce)
			: open.length > 0
				? 'now'
				: money.cycles.length > 0
					? 'done'
					: 'none',
		sell:
			unsold.length > 0
				? 'now'
				: !isAllSold
					? restOf(money.sales.length > 0)
					: money.sales.length > 0
						? 'done'
						: 'none',
		confirm: recorded > 0 ? 'waits' : !isAllSold ? restOf(confirmed > 0) : confirmed > 0 ? 'done' : 'none',
		fund: recorded > 0 || !isAllSold ? restOf(confirmed > 0) : confirmed > 0 ? 'done' : 'none',
	};
	const steps = STEPS.map((name) => ({ name, state: stateOf[name] }));
	const next = steps.find((step) => ['now', 'waits', 'taking'].includes(step.state))?.name;
	return { steps, next, open, unsold };
}
