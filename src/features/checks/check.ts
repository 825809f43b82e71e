// A check (phép kiểm tra): one invariant of the books, asked of the database, which names the rows that break it.

/** Every invariant that is asked, in the order in which they are reported. */
export const CHECK_NAMES = [
	...(['debits-equal-credits', 'entry-shape', 'clearing-zero', 'cash-not-negative'] as const),
	...(['balance-running-sum', 'sequence-no-gap', 'voucher-no-gap', 'booked-in-order'] as const),
	...(['sale-one-entry'] as const),
	...(['goods-sold-once', 'drop-off-one-cycle', 'reversal-exact', 'allocation-within-income'] as const),
	...(['outflow-allocated', 'incomes-left', 'two-approvers', 'maker-not-checker'] as const),
	...(['paper-behind-entry'] as const),
	...(['closed-month', 'sample-apart', 'erased-keeps-books', 'public-totals'] as const),
	...(['entry-text', 'canonical-rows', 'source-hash'] as const),
	...(['tree-checkpoints', 'tree-tiles', 'checkpoint-signed'] as const),
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** A row that breaks an invariant: in which fund, which voucher and id, and how. No person's name. */
export type Finding = { fund: string; row: string; detail: string };

export type CheckResult = {
	name: CheckName;
	/** How many rows break it; 0 is good. */
	total: number;
	/** The first of them. */
	findings: Finding[];
};

/** Rows that are named of each check. */
export const SHOWN_FINDINGS = 20;

/** One run over every book, as it is stored: the newest stands on the health page. */
export type CheckRun = {
	startedAt: number;
	finishedAt: number;
	entryCount: number;
	failed: CheckResult[];
};

/** Collects findings as they come and keeps the first of each check. */
export function createFindings() {
	const results = new Map<CheckName, CheckResult>();
	return {
		add(name: CheckName, finding: Finding): void {
			const result = results.get(name) ?? { name, total: 0, findings: [] };
			result.total += 1;
			if (result.findings.length < SHOWN_FINDINGS) result.findings.push(finding);
			results.set(name, result);
		},
		of: (name: CheckName): CheckResult => results.get(name) ?? { name, total: 0, findings: [] },
	};
}
