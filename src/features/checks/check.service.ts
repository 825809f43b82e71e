// Asks every invariant of the books in one snapshot, and keeps what the newest run found.
import { listFunds } from '#features/fund/fund.repository.ts';
import { sumMonths } from '#features/fund/month-sum.repository.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { walkBook } from './book-walk.service.ts';
import { listAllFunds, queriesOf, runQuery, saveRun, sumMoney } from './check.repository.ts';
import { CHECK_NAMES, createFindings, type CheckResult, type CheckRun } from './check.ts';

/** What the public pages say each fund holds, and its months, against its postings. */
async function checkPublicTotals(trx: Trx, findings: ReturnType<typeof createFindings>): Promise<void> {
	const money = await sumMoney(trx);
	let shownVnd = 0;
	for (const { id, code, balanceVnd } of await listFunds(trx)) {
		const heldVnd = money.get(id) ?? 0;
		shownVnd += heldVnd;
		const months = await sumMonths(trx, id);
		const monthsVnd = months.reduce(
			(sum, { inVnd, outVnd, openingVnd }) => sum + inVnd - outVnd + openingVnd,
			0,
		);
		if (balanceVnd !== heldVnd || monthsVnd !== heldVnd)
			findings.add('public-totals', {
				...{ fund: code, row: '' },
				detail: `the page says ${balanceVnd}, its months give ${monthsVnd}, the rows ${heldVnd}`,
			});
	}
	const all = await sumMonths(trx, undefined);
	const allVnd = all.reduce((sum, { inVnd, outVnd, openingVnd }) => sum + inVnd - outVnd + openingVnd, 0);
	if (allVnd !== shownVnd)
		findings.add('public-totals', {
			...{ fund: '*', row: '' },
			detail: `the months of all funds give ${allVnd}, the rows ${shownVnd}`,
		});
}

/** Every check in its order, inside the caller's transaction. */
export async function runChecks(trx: Trx): Promise<{ results: CheckResult[]; entryCount: number }> {
	const results = new Map<string, CheckResult>();
	for (const [name, query] of queriesOf(trx)) results.set(name, await runQuery(trx, name, query));
	const findings = createFindings();
	await checkPublicTotals(trx, findings);
	let entryCount = 0;
	for (const fund of await listAllFunds(trx)) entryCount += await walkBook(trx, fund, findings);
	return { results: CHECK_NAMES.map((name) => results.get(name) ?? findings.of(name)), entryCount };
}

/**
 * Runs every check in one snapshot that sees nothing of what is written meanwhile, keeps no writer waiting, and writes
 * nothing itself. The connection should be its own: on SQLite it is busy until the end.
 */
export async function checkLedger(db: Db): Promise<{ results: CheckResult[]; entryCount: number }> {
	return db
		.transaction()
		.setIsolationLevel('repeatable read')
		.setAccessMode('read only')
		.execute((trx) => runChecks(trx));
}

/** Runs every check and keeps what it found for the health page. */
export async function checkAndKeep(db: Db, clock: () => number): Promise<CheckRun> {
	const startedAt = clock();
	const { results, entryCount } = await checkLedger(db);
	const failed = results.filter((result) => result.total > 0);
	const run = { startedAt, finishedAt: clock(), entryCount, failed };
	await inTransaction(db, (trx) => saveRun(trx, run));
	return run;
}
