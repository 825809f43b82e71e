// Every check of the books, each with one row broken behind the portal's back: the check names that row.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findLastRun } from '#features/checks/check.repository.ts';
import { checkAndKeep, checkLedger, runChecks } from '#features/checks/check.service.ts';
import { CHECK_NAMES, SHOWN_FINDINGS, type CheckName } from '#features/checks/check.ts';
import { inTransaction, isSqlite, type Db, type Trx } from '#lib/db.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
import { digest } from '../support/snapshot.ts';
import { makeBooks, type Books } from './books-world.ts';

/** Takes every guard of the database away: triggers, foreign keys, CHECK and UNIQUE. */
async function unlock(db: Db): Promise<void> {
	const run = (query: string) => sql.raw(query).execute(db);
	if (isSqlite(db)) {
		await run('pragma foreign_keys = off');
		await run('pragma ignore_check_constraints = on');
		const { rows } = await sql<{ type: string; name: string }>`select type, name from sqlite_master
			where type = 'trigger' or (type = 'index' and sql like '%unique%')`.execute(db);
		for (const { type, name } of rows) await run(`drop ${type} ${name}`);
		return;
	}
	const { rows: tables } = await sql<{ name: string }>`select tablename as name from pg_tables
		where schemaname = 'public'`.execute(db);
	for (const { name } of tables) await run(`alter table "${name}" disable trigger all`);
	const { rows: constraints } = await sql<{ tableName: string; name: string }>`
		select conrelid::regclass::text as table_name, conname as name from pg_constraint
		where connamespace = 'public'::regnamespace and contype in ('f', 'c')`.execute(db);
	for (const { tableName, name } of constraints)
		await run(`alter table ${tableName} drop constraint "${name}"`);
	const { rows: uniques } = await sql<{ tableName: string; name: string }>`
		select conrelid::regclass::text as table_name, conname as name from pg_constraint
		where connamespace = 'public'::regnamespace and contype = 'u'`.execute(db);
	for (const { tableName, name } of uniques) await run(`alter table ${tableName} drop constraint "${name}"`);
	const { rows: indexes } = await sql<{ name: string }>`select indexname as name from pg_indexes
		where schemaname = 'public' and indexdef like 'CREATE UNIQUE%' and indexname not like '%_pkey'`.execute(db);
	for (const { name } of indexes) await run(`drop index "${name}"`);
}

type Break = {
	/** SQL that breaks it. */
	by: (books: Books) => string[];
	/** What the finding names. */
	names: (books: Books) => string;
	/** What cannot but fail with it: other sides of the same row. */
	also?: CheckName[];
};
const entryOf = (column: string, value: string) =>
	`(select id from journal_entry where ${column} = '${value}')`;
const first = (kind: string, fund: string) =>
	`(select min(id) from journal_entry where kind = '${kind}' and fund_id = '${fund}')`;

const BREAKS: Record<CheckName, Break> = {
	'debits-equal-credits': {
		by: ({ gift }) => [`update posting set credit_account = 'nowhere' where entry_id = '${gift.id}'`],
		names: ({ fund }) => fund.code,
		also: ['entry-shape', 'canonical-rows'],
	},
	'entry-shape': {
		by: ({ gift }) => [`update posting set credit_account = 'income-paper' where entry_id = '${gift.id}'`],
		names: ({ gift }) => gift.id,
		also: ['canonical-rows'],
	},
	'clearing-zero': {
		by: ({ other }) => [
			`update posting set amount_vnd = amount_vnd + 1 where entry_id = ${first('transfer_in', other.id)}`,
		],
		names: () => 'transfer ',
		also: ['entry-shape', 'balance-running-sum', 'public-totals', 'canonical-rows', 'reversal-exact'],
	},
	'cash-not-negative': {
		by: ({ gift, fund }) => [
			`update posting set amount_vnd = 1000000 where entry_id = ${first('bank_move', fund.id)}`,
			`update journal_entry set cash_after_vnd = cash_after_vnd - 980000, bank_after_vnd = bank_after_vnd + 980000
				where fund_id = '${fund.id}' and sequence > ${gift.sequence}`,
			`update month_close set cash_vnd = cash_vnd - 980000, bank_vnd = bank_vnd + 980000`,
		],
		names: () => 'cash -',
		also: ['canonical-rows'],
	},
	'balance-running-sum': {
		by: ({ gift }) => [
			`update journal_entry set cash_after_vnd = cash_after_vnd + 7 where id = '${gift.id}'`,
		],
		names: ({ gift }) => gift.id,
		also: ['canonical-rows'],
	},
	'sequence-no-gap': {
		by: ({ other }) => [
			`update journal_entry set sequence = sequence + 1 where fund_id = '${other.id}' and sequence =
				(select max(sequence) from journal_entry where fund_id = '${other.id}')`,
		],
		names: ({ other }) => other.code,
		also: ['canonical-rows'],
	},
	'voucher-no-gap': {
		by: ({ gift }) => [`update journal_entry set voucher_number = 77 where id = '${gift.id}'`],
		names: ({ gift }) => `PT-2026/0077 ${gift.id}`,
		also: ['canonical-rows'],
	},
	'booked-in-order': {
		by: ({ other }) => [
			`update journal_entry set booked_on = '2026-11-23' where fund_id = '${other.id}' and sequence = 1`,
		],
		names: ({ other }) => other.code,
		also: ['canonical-rows'],
	},
	'sale-one-entry': {
		by: ({ sale, wrong }) => [
			`update journal_entry set source_id = '${sale.id}' where kind = 'scrap_sale' and source_id = '${wrong.id}'`,
			`update journal_entry set reverses_entry_id = (select min(id) from journal_entry where kind = 'gift')
				where reverses_entry_id = (select entry_id from scrap_sale where id = '${wrong.id}')`,
		],
		names: ({ sale }) => sale.id,
		also: [
			...(['reversal-exact', 'allocation-within-income', 'incomes-left'] as const),
			...(['canonical-rows', 'source-hash', 'paper-behind-entry'] as const),
		],
	},
	'goods-sold-once': {
		by: ({ wrong, sale }) => [
			`update scrap_sale_goods set cycle_id = (select max(cycle_id) from scrap_sale_cycle where sale_id = '${sale.id}'),
				released_at = null where sale_id = '${wrong.id}'`,
		],
		names: ({ wrong }) => wrong.id,
		also: ['source-hash'],
	},
	'drop-off-one-cycle': {
		by: ({ otherHouse, kept }) => [
			`update drop_off set cycle_id = (select id from collection_cycle where green_house_id = '${otherHouse.id}')
				where cycle_id = '${kept}'`,
		],
		names: () => 'drop-off ',
	},
	'reversal-exact': {
		by: ({ taken }) => [
			`update posting set credit_account = 'welfare-scholarship' where entry_id = ${entryOf('reverses_entry_id', taken.entryId)}`,
		],
		names: ({ taken }) => taken.entryId,
		also: ['canonical-rows'],
	},
	'allocation-within-income': {
		by: ({ large, gift }) => [
			`update fund_allocation set amount_vnd = 100001 where payment_entry_id = '${large.entryId}'
				and income_entry_id = '${gift.id}'`,
		],
		names: ({ gift }) => gift.id,
		also: ['outflow-allocated', 'incomes-left', 'canonical-rows'],
	},
	'outflow-allocated': {
		by: ({ taken }) => [`delete from fund_allocation where payment_entry_id = '${taken.entryId}'`],
		names: ({ taken }) => taken.entryId,
		also: ['canonical-rows'],
	},
	'incomes-left': {
		by: ({ large }) => [`delete from fund_allocation where payment_entry_id = '${large.entryId}'`],
		names: ({ fund }) => fund.code,
		also: ['outflow-allocated', 'canonical-rows'],
	},
	'two-approvers': {
		by: ({ large }) => [
			`delete from disbursement_approval where disbursement_id = '${large.id}' and approver_id =
				(select max(approver_id) from disbursement_approval where disbursement_id = '${large.id}')`,
		],
		names: ({ large }) => large.entryId,
		also: ['source-hash'],
	},
	'maker-not-checker': {
		by: ({ sale }) => [`update scrap_sale set recorder_id = confirmer_id where id = '${sale.id}'`],
		names: ({ sale }) => sale.id,
	},
	'paper-behind-entry': {
		by: ({ reversal }) => [`delete from entry_reversal where id = '${reversal.id}'`],
		names: ({ fund }) => `${fund.code} entry`,
	},
	'closed-month': {
		by: () => [
			`update journal_entry set booked_on = '2026-11-30' where kind = 'cash_difference'`,
			`update month_close set decided_at = 0`,
		],
		names: ({ fund }) => fund.code,
		also: ['canonical-rows', 'entry-shape'],
	},
	'sample-apart': {
		by: ({ gift }) => [`update journal_entry set is_sample = 1 where id = '${gift.id}'`],
		names: ({ gift }) => gift.id,
		also: ['public-totals'],
	},
	'erased-keeps-books': {
		by: ({ steward, treasurer }) => [
			`delete from person where id = '${treasurer.personId}'`,
			`delete from person where id = '${steward.personId}'`,
		],
		names: ({ large }) => large.id,
	},
	'public-totals': {
		by: ({ gift }) => [`update journal_entry set change_vnd = change_vnd + 5 where id = '${gift.id}'`],
		names: ({ fund }) => fund.code,
		also: ['entry-shape', 'incomes-left'],
	},
	'entry-text': {
		by: ({ gift }) => [`update entry_text set text = '{}' where entry_id = '${gift.id}'`],
		names: ({ gift }) => gift.id,
	},
	'canonical-rows': {
		by: ({ gift }) => [`update journal_entry set happened_on = '2026-11-01' where id = '${gift.id}'`],
		names: ({ gift }) => gift.id,
	},
	'source-hash': {
		by: ({ sale }) => [`update scrap_sale_line set weighed_weight_grams = 9000 where sale_id = '${sale.id}'`],
		names: ({ sale }) => sale.id,
	},
	'tree-checkpoints': {
		by: ({ fund }) => [`update checkpoint set root = 'AAAA' where fund_id = '${fund.id}'`],
		names: ({ fund }) => `${fund.code} checkpoint`,
		also: ['checkpoint-signed'],
	},
	'tree-tiles': {
		by: ({ fund }) => [
			`insert into tree_tile (fund_id, level, tile_index, hashes, root) values ('${fund.id}', 0, 0, 'AAAA', 'AAAA')`,
		],
		names: () => 'tile 0/0',
	},
	'checkpoint-signed': {
		by: ({ fund }) => [
			`update checkpoint set note = replace(note, '— ', '— x') where fund_id = '${fund.id}'`,
		],
		names: ({ fund }) => fund.code,
	},
};

/** A second person's word that somebody took away. */
const missing = ({ reversal, sale, wrong, gift, large, fund, steward, treasurer }: Books): string[] => [
	`update entry_reversal set confirmer_id = recorder_id where id = '${reversal.id}'`,
	`update entry_reversal set is_sample = 1 where id = '${reversal.id}'`,
	// A sale that was taken back in the role of who recorded or confirmed it.
	...[steward, treasurer].map(
		(actor) => `update journal_entry set recorded_by = '${actor.grants[0]!.id}'
			where reverses_entry_id = (select entry_id from scrap_sale where id = '${wrong.id}')`,
	),
	`update role_grant set scope_id = 'another' where id = (select e.recorded_by from journal_entry e
		where e.reverses_entry_id = (select entry_id from scrap_sale where id = '${wrong.id}'))`,
	`update scrap_sale set confirmer_id = null, confirmed_by = null where id = '${sale.id}'`,
	`update statement set status = 'returned', entry_id = null where entry_id = '${gift.id}'`,
	`update cash_count set status = 'returned', entry_id = null where fund_id = '${fund.id}'`,
	`delete from disbursement_payment where disbursement_id = '${large.id}'`,
	`update disbursement set status = 'submitted' where id = '${large.id}'`,
	`update month_close set number = 2 where fund_id = '${fund.id}'`,
];

/** Another who could have decided is named as who did: right in every way, but not what the leaf says. */
const renamed = ({ gift, fund, reversal, sale, large, second, secondTreasurer }: Books): string[] => {
	const named = (grant: string, person: string, by: Books['second']) =>
		`${grant} = '${by.grants[0]!.id}', ${person} = '${by.personId}'`;
	const decided = named('decided_by', 'confirmer_id', second);
	return [
		`update statement set ${decided} where entry_id = '${gift.id}'`,
		`update cash_count set ${decided} where fund_id = '${fund.id}' and entry_id is not null`,
		`update entry_reversal set ${decided} where id = '${reversal.id}'`,
		`update scrap_sale set ${named('confirmed_by', 'confirmer_id', second)} where id = '${sale.id}'`,
		`update disbursement_payment set ${named('paid_by', 'treasurer_id', secondTreasurer)}
			where disbursement_id = '${large.id}'`,
	];
};

/** Whatever was decided in a role, when that role turns out to be of another fund or to allow nothing. */
const roles = ({ approver, treasurer }: Books) =>
	[`scope_id = 'another'`, `scope_kind = 'portal', scope_id = null`, `role = 'auditor'`].flatMap((change) => [
		{
			query: `update role_grant set ${change} where id = '${approver.grants[0]!.id}'`,
			rows: ['cash_count', 'entry_reversal', 'request', 'sale', 'statement'],
		},
		{
			query: `update role_grant set ${change} where id = '${treasurer.grants[0]!.id}'`,
			rows: ['request', 'scrap_sale'],
		},
	]);

class Undo extends Error {}

/** Every check once for every check. */
const TIMEOUT_MS = 300_000;

describeEachEngine('the checks of the books', (engine) => {
	test(
		'pass on books that the portal wrote, and each names the row that breaks it',
		async () => {
			const db = await engine.fresh();
			const books = await makeBooks(db);
			const clean = await checkLedger(db);
			expect(clean.results.filter((result) => result.total > 0)).toEqual([]);
			expect(clean.results.map((result) => result.name)).toEqual(CHECK_NAMES);
			expect(clean.entryCount).toBeGreaterThan(12);
			await unlock(db);
			const wrong: unknown[] = [];
			for (const name of CHECK_NAMES) {
				const { by, names, also = [] } = BREAKS[name];
				let results: Awaited<ReturnType<typeof runChecks>>['results'] = [];
				const work = async (trx: Trx) => {
					for (const query of by(books)) await sql.raw(query).execute(trx);
					({ results } = await runChecks(trx));
					throw new Undo();
				};
				await inTransaction(db, work).catch((error: unknown) => {
					if (!(error instanceof Undo)) throw error;
				});
				const failed = results.filter((result) => result.total > 0);
				const found = failed.find((result) => result.name === name)?.findings ?? [];
				const said = found.map(({ fund, row, detail }) => `${fund} ${row} ${detail}`);
				const unexpected = failed
					.map((result) => result.name)
					.filter((each) => each !== name && !also.includes(each));
				if (!said.some((text) => text.includes(names(books))) || unexpected.length > 0)
					wrong.push({ name, said, unexpected });
			}
			for (const query of [...missing(books), ...renamed(books)]) {
				let found: string[] = [];
				await inTransaction(db, async (trx) => {
					await sql.raw(query).execute(trx);
					found = (await runChecks(trx)).results.filter(({ total }) => total > 0).map(({ name }) => name);
					throw new Undo();
				}).catch((error: unknown) => {
					if (!(error instanceof Undo)) throw error;
				});
				// A role that is not its person's also stands in the leaf.
				const isSeen = query.includes('recorded_by') ? found.includes('maker-not-checker') : found.length > 0;
				if (!isSeen) wrong.push({ query });
			}
			for (const { query, rows } of roles(books)) {
				let kinds: string[] = [];
				await inTransaction(db, async (trx) => {
					await sql.raw(query).execute(trx);
					const check = (await runChecks(trx)).results.find(({ name }) => name === 'maker-not-checker')!;
					kinds = [...new Set(check.findings.map(({ row }) => row.split(' ')[0]!))].sort();
					throw new Undo();
				}).catch((error: unknown) => {
					if (!(error instanceof Undo)) throw error;
				});
				if (kinds.join() !== rows.join()) wrong.push({ query, kinds });
			}
			expect(wrong).toEqual([]);
			expect((await checkLedger(db)).results.filter((result) => result.total > 0)).toEqual([]);
		},
		TIMEOUT_MS,
	);

	test('read in one snapshot, write nothing, and the newest run is kept', async () => {
		const db = await engine.fresh();
		const books = await makeBooks(db);
		const before = await digest(db);
		expect(await findLastRun(db)).toBeUndefined();
		let clock = NOW;
		const run = await checkAndKeep(db, () => (clock += 1000));
		expect(run).toEqual({
			startedAt: NOW + 1000,
			finishedAt: NOW + 2000,
			entryCount: run.entryCount,
			failed: [],
		});
		expect(await digest(db)).toEqual(before);
		expect(await findLastRun(db)).toEqual(run);
		await unlock(db);
		await sql.raw(`update entry_text set text = '{}' where entry_id = '${books.gift.id}'`).execute(db);
		await checkAndKeep(db, () => (clock += 1000));
		expect(await findLastRun(db)).toMatchObject({
			failed: [{ name: 'entry-text', total: 1, findings: [{ fund: books.fund.code }] }],
		});
		expect(SHOWN_FINDINGS).toBe(20);
	});
});
