// What a newcomer sees first must keep every rule of the portal too, on whatever day it is loaded.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { loadSample, resetSamplePasswords, type SampleSignIn } from '#db/sample/index.ts';
import { openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { listFigures } from '#features/cleanup-events/attendance.repository.ts';
import { sumPresent } from '#features/cleanup-events/attendance.ts';
import { letterCodeOf } from '#features/cleanup-events/letter.ts';
import { issueLetter, verifyLetter } from '#features/cleanup-events/letter.service.ts';
import { checkLedger } from '#features/checks/check.service.ts';
import { listFunds } from '#features/fund/fund.repository.ts';
import { countSheets, listWeighIns } from '#features/schools/campaign.repository.ts';
import { campaignState } from '#features/schools/campaign.ts';
import { campaignSteps } from '#features/trace/campaign-steps.ts';
import { schoolMoney } from '#features/trace/school-money.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { DEEDS } from '#features/privacy/own-deed.repository.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { toCsv } from '#features/privacy/own-data.service.ts';
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import type { ShownState } from '#features/green-houses/green-house.ts';
import { openDb, type Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { areSamplesShown } from '#lib/samples.ts';
import { toLocalDate } from '#lib/time.ts';
import { DAY } from '../support/fixtures.ts';

// Sunday 1/8/2027, 00:20 in Lạng Sơn: a Green Sunday, the first day of a school year and another day in Greenwich.
const LOADED = Date.UTC(2027, 6, 31, 17, 20);

let folder: string;
let db: Db;
let signIns: SampleSignIn[];
beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-sample-'));
	db = openDb(`file:${path.join(folder, 'test.db')}`);
	await migrateToLatest(db);
	await loadReference(db);
	signIns = await loadSample(db, LOADED);
});
afterAll(async () => {
	await db.destroy();
	rmSync(folder, { recursive: true, force: true });
});

type Row = Record<string, unknown>;
const rowsOf = async (query: string): Promise<Row[]> => (await sql.raw<Row>(query).execute(db)).rows;
/** How many rows of a table there are of each value of one column. */
const countBy = async (table: string, column: string): Promise<Record<string, number>> =>
	Object.fromEntries(
		(await rowsOf(`select ${column} as name, count(*) as n from ${table} group by 1`)).map(({ name, n }) => [
			String(name),
			Number(n),
		]),
	);

const REFERENCE = [
	'content_page',
	'portal_setting',
	'admin_unit',
	'admin_unit_predecessor',
	'material',
	'material_factor',
	'reference_price',
	'guide_item',
];
/** Rows that hang on a marked row. */
const PARTS = [
	...['credential_password', 'green_house_material', 'drop_off_line', 'scrap_sale_line', 'scrap_sale_cycle'],
	...[
		'scrap_sale_goods',
		'carried_goods',
		'problem_voice',
		'event_organisation',
		'event_section',
		...[
			'class_sheet_cell',
			'campaign_material',
			'campaign_quota',
			'campaign_award',
			'campaign_class',
			'weigh_in',
		],
		'event_need',
	],
	...['ledger_account', 'posting', 'entry_text', 'fund_allocation'],
	...['disbursement_approval', 'disbursement_payment', 'audit_event'],
];

test('every row is marked as a sample, and so is every invented name', async () => {
	const tables = await db.introspection.getTables();
	for (const { name, columns } of tables) {
		const total = Number((await rowsOf(`select count(*) as n from ${name}`))[0]!['n']);
		if (total === 0 || REFERENCE.includes(name) || PARTS.includes(name)) continue;
		expect([name, columns.some((column) => column.name === 'is_sample')]).toEqual([name, true]);
		expect([name, await countBy(name, 'is_sample')]).toEqual([name, { 1: total }]);
	}
	for (const [table, column] of [
		['organisation', 'name'],
		['person', 'display_name'],
		['green_house', 'name_vi'],
		['fund', 'name_vi'],
		['campaign', 'name'],
		['cleanup_event', 'title'],
		['event_series', 'title'],
		['sign_up', 'name'],
		['scrap_sale', 'dealer'],
		['disbursement', 'description'],
		['statement', 'words'],
		['disclosure', 'place'],
	]) {
		const names = Object.keys(await countBy(table!, column!));
		expect(names.length).toBeGreaterThan(0);
		expect(names.filter((name) => !name.includes('(mẫu)'))).toEqual([]);
	}
	expect(await areSamplesShown(db)).toBe(true);
});

test('every moment lies in the year before it was loaded, but for what is announced', async () => {
	const ahead = [
		...['cleanup_event.starts_at', 'cleanup_event.ends_at'],
		...['event_series.first_on', 'event_series.until_on', 'campaign.ends_on'],
	];
	const reference = new Set(REFERENCE);
	for (const { name, columns } of await db.introspection.getTables()) {
		if (reference.has(name)) continue;
		for (const column of columns) {
			const isInstant = column.name.endsWith('_at');
			if ((!isInstant && !column.name.endsWith('_on')) || ahead.includes(`${name}.${column.name}`)) continue;
			const [range] = await rowsOf(`select min(${column.name}) as a, max(${column.name}) as b from ${name}`);
			if (range!['a'] === null) continue;
			const from = LOADED - 366 * DAY;
			const [first, last] = isInstant ? [from, LOADED] : [toLocalDate(from), toLocalDate(LOADED)];
			const place = `${name}.${column.name} from ${String(range!['a'])} to ${String(range!['b'])}`;
			expect([place, range!['a']! >= first, range!['b']! <= last]).toEqual([place, true, true]);
		}
	}
});

test('there are houses in all eight states', async () => {
	const states = (await listGreenHouses(db, {}, LOADED)).map((house) => house.state);
	expect(states).toHaveLength(66);
	const all: ShownState[] = ['closed', 'paused', 'locked', 'damaged', 'full', 'half', 'empty', 'unknown'];
	expect([...new Set(states)].sort()).toEqual(all.sort());
});

test('drop-offs come from devices and classes, and each lies in the cycle of its day', async () => {
	const channels = await countBy('drop_off', 'channel');
	expect(channels['web']).toBeGreaterThan(500);
	expect(channels['class_sheet']).toBeGreaterThan(500);
	const astray = await rowsOf(`select d.id from drop_off d join collection_cycle c on c.id = d.cycle_id
		where d.green_house_id <> c.green_house_id or d.happened_at < c.opened_at or d.happened_at > c.closed_at
			or d.happened_at > d.recorded_at or d.late = 1`);
	expect(astray).toEqual([]);
	const foreign = await rowsOf(`select d.id from drop_off d join drop_off_line l on l.drop_off_id = d.id
		where not exists (select 1 from green_house_material m
			where m.green_house_id = d.green_house_id and m.material_code = l.material_code)`);
	expect(foreign).toEqual([]);
});

test('sales vary from what was declared, to both sides, and some wait for the second person', async () => {
	const sales = await rowsOf(`select s.status, s.cash_received_vnd as cash,
		(select sum(l.amount_vnd) from scrap_sale_line l where l.sale_id = s.id) as lines,
		(select sum(l.weighed_weight_grams) from scrap_sale_line l where l.sale_id = s.id) as weighed,
		(select sum(c.declared_weight_grams) from scrap_sale_cycle c where c.sale_id = s.id) as declared
		from scrap_sale s`);
	expect(sales.filter((sale) => sale['lines'] !== sale['cash'])).toEqual([]);
	expect(await countBy('scrap_sale', 'status')).toEqual({
		confirmed: expect.any(Number) as number,
		recorded: expect.any(Number) as number,
	});
	const ratios = sales
		.filter((sale) => sale['status'] === 'confirmed')
		.map((sale) => Number(sale['weighed']) / Number(sale['declared']));
	for (const [name, count] of Object.entries({
		more: ratios.filter((ratio) => ratio > 1.01).length,
		less: ratios.filter((ratio) => ratio < 0.99).length,
	}))
		expect([name, count > 10]).toEqual([name, true]);
	expect(Math.max(...ratios)).toBeLessThan(2);
	expect(Math.min(...ratios)).toBeGreaterThan(0.5);
	expect((await countBy('scrap_sale_line', 'kind'))['difference']).toBeGreaterThan(10);
});

test('payments stand at every step, and past and coming Sundays are there', async () => {
	expect(Object.keys(await countBy('disbursement', 'status')).sort()).toEqual([
		'approved',
		'paid',
		'submitted',
	]);
	const [events] = await rowsOf(`select
		sum(starts_at < ${LOADED} and id in (select event_id from event_report)) as reported,
		sum(starts_at < ${LOADED} and id not in (select event_id from event_report)) as unreported,
		sum(starts_at > ${LOADED}) as coming from cleanup_event`);
	for (const [name, count] of Object.entries(events!))
		expect([name, Number(count) > 1]).toEqual([name, true]);
	for (const { startsAt } of await rowsOf('select distinct starts_at from cleanup_event'))
		expect(new Date(Number(startsAt) + 7 * 3_600_000).getUTCDay()).toBe(0);
});

test('of each past Sunday it is known who came, the report says the same sum, and a letter can be asked about', async () => {
	const past =
		await rowsOf(`select id, (select head_count from event_report where event_id = cleanup_event.id) as heads
		from cleanup_event where starts_at < ${LOADED - DAY}`);
	expect(past.length).toBeGreaterThan(30);
	for (const { id, heads } of past) {
		const came = sumPresent(await listFigures(db, String(id)));
		expect(came).toEqual({ heads: heads === null ? expect.any(Number) : Number(heads), open: 0 });
		expect(came.heads).toBeGreaterThan(0);
	}
	const [person] = await rowsOf(
		"select id, event_id from sign_up where kind = 'person' and id in (select sign_up_id from attendance)",
	);
	const [lead] = await rowsOf("select person_id from role_grant where role = 'organiser'");
	const organiser = (await findActor(db, String(lead!['personId']), LOADED))!;
	const [secret, id] = [randomBytes(32), String(person!['id'])];
	await issueLetter(db, organiser, secret, id, LOADED);
	expect(await verifyLetter(db, letterCodeOf(secret, id), LOADED)).toMatchObject({
		event: { id: person!['eventId'], isSample: 1 },
	});
});

test('what a fund pays for fits the month', async () => {
	const requests = await rowsOf('select purpose, requested_at as at from disbursement');
	const monthsOf = (purpose: string) =>
		requests
			.filter((each) => each['purpose'] === purpose)
			.map((each) => Number(toLocalDate(Number(each['at'])).slice(5, 7)));
	expect(requests.length).toBeGreaterThan(15);
	expect(monthsOf('tet_gift').filter((month) => ![12, 1, 2].includes(month))).toEqual([]);
	expect(monthsOf('scholarship').filter((month) => ![8, 9, 10].includes(month))).toEqual([]);
	expect(new Set(requests.map((each) => each['purpose'])).size).toBe(5);
});

test('the books balance', async () => {
	const funds = await listFunds(db);
	expect(funds).toHaveLength(6);
	for (const fund of funds) {
		const entries = await db
			.selectFrom('journalEntry')
			.selectAll()
			.where('fundId', '=', fund.id)
			.orderBy('sequence')
			.execute();
		// One school sells less than a ward, and a council only gets parts.
		expect(entries.length).toBeGreaterThan(fund.adminUnitId === null ? 5 : 20);
		let sum = 0;
		for (const [index, entry] of entries.entries()) {
			sum += entry.changeVnd;
			expect(entry.sequence).toBe(index + 1);
			expect(entry.cashAfterVnd + entry.bankAfterVnd).toBe(sum);
			expect(Math.min(entry.cashAfterVnd, entry.bankAfterVnd)).toBeGreaterThanOrEqual(0);
			expect(entry.happenedOn <= entry.bookedOn).toBe(true);
			expect(entry.bookedOn >= (entries[index - 1]?.bookedOn ?? '')).toBe(true);
			expect(entry.recordedAt).toBeGreaterThanOrEqual(entries[index - 1]?.recordedAt ?? 0);
		}
		expect(fund.balanceVnd).toBe(sum);
		const [moves] =
			await rowsOf(`select coalesce(sum(case when debit_account in ('cash', 'bank') then amount_vnd end), 0)
			- coalesce(sum(case when credit_account in ('cash', 'bank') then amount_vnd end), 0) as n
			from posting where fund_id = '${fund.id}'`);
		expect(moves!['n']).toBe(sum);
	}
	const overspent = await rowsOf(`select e.id from journal_entry e where e.change_vnd > 0 and e.change_vnd <
		(select sum(a.amount_vnd) from fund_allocation a where a.income_entry_id = e.id)`);
	const unexplained =
		await rowsOf(`select e.id from journal_entry e where e.change_vnd < 0 and -e.change_vnd is not
		(select sum(a.amount_vnd) from fund_allocation a where a.payment_entry_id = e.id)`);
	expect([...overspent, ...unexplained]).toEqual([]);
	expect((await rowsOf('select count(*) as n from fund_allocation'))[0]!['n']).toBeGreaterThan(20);
});

test('a school has one campaign that is in its own fund, and one that runs with a sheet that waits', async () => {
	const campaigns = await db.selectFrom('campaign').selectAll().orderBy('startsOn').execute();
	const today = toLocalDate(LOADED);
	expect(campaigns.map((each) => campaignState(each, today))).toEqual(['ended', 'running']);
	const [ended, running] = campaigns;
	const moneyOf = async (id: string) => schoolMoney(db, { campaignId: id });
	const money = await moneyOf(ended!.id);
	const sheets = await countSheets(db, ended!.id);
	const weighIns = (await listWeighIns(db, ended!.id)).length;
	const { steps } = campaignSteps({ state: 'ended', sheets, weighIns, money });
	expect(steps.filter(({ state }) => state !== 'done')).toEqual([]);
	expect(money.sales).toMatchObject([
		{ fund: { code: 'MAU-TH1' }, shares: [{ code: 'MAU-DK' }, { code: 'MAU-HDD' }] },
	]);
	// Neighbours brought something too, and it is not taken for the classes'.
	const people = money.sales[0]!.part.others.find((other) => other.of === 'people');
	expect(people?.grams).toBeGreaterThan(0);
	expect(money.paymentCount).toBe(1);
	expect(await countSheets(db, running!.id)).toEqual({ entered: 1, approved: 2, revoked: 0 });
	const open = (await moneyOf(running!.id)).cycles;
	expect(open.map(({ closedOn, isHolding }) => [closedOn, isHolding])).toEqual([[null, true]]);
});

test('every check of the books passes', async () => {
	const key = ledgerKeyOf(randomBytes(32));
	await openLog(db, key, 'nha-xanh.example', LOADED);
	await sequenceFunds(db, key, LOADED);
	const { results, entryCount } = await checkLedger(db);
	expect(results.filter((result) => result.total > 0)).toEqual([]);
	expect(entryCount).toBeGreaterThan(80);
});

test('each fund has its rule, its opening balance, a gift, and months that were counted and closed', async () => {
	for (const fund of await listFunds(db)) {
		const own = async (query: string) =>
			Number((await rowsOf(`${query} where fund_id = '${fund.id}'`))[0]!['n']);
		expect(await own('select count(*) as n from fund_rule')).toBe(1);
		expect(await own('select count(distinct kind) as n from statement')).toBe(2);
		expect(await own('select count(*) as n from month_close')).toBeGreaterThan(5);
		expect(await own('select count(*) as n from cash_count')).toBeGreaterThan(5);
	}
	expect(Object.keys(await countBy('cash_count', 'status'))).toEqual(['confirmed']);
});

test('there is a person for each role, and a password is never the same again', async () => {
	expect(signIns.map((each) => each.role)).toEqual([
		'steward',
		'treasurer',
		'approver',
		'ward_officer',
		'organiser',
		'school_lead',
		'administrator',
		'auditor',
	]);
	const again = await resetSamplePasswords(db, LOADED);
	const passwords = [...signIns, ...again].map((each) => each.password);
	expect(new Set(passwords).size).toBe(16);
});

test('what each person did in their roles is in their own data, in words of both languages', async () => {
	const materials = await listMaterials(db);
	const seen = new Set<string>();
	for (const { personId } of await db.selectFrom('roleGrant').select('personId').distinct().execute()) {
		const data = await readOwnData(db, personId);
		for (const { what } of DEEDS) {
			const [table, by] = what.split('.') as [string, string];
			const { rows } = await sql<{ n: number }>`
				select count(*) as n from ${sql.table(table)} as done join role_grant as held
				on held.id = ${sql.ref(`done.${by}`)} where held.person_id = ${personId}
			`.execute(db);
			const told = data.recorded.filter((each) => each.what === what);
			expect([what, told.length]).toEqual([what, rows[0]!.n]);
			expect(told.every(({ id, doneAt }) => id !== '' && doneAt !== null)).toBe(true);
			if (told.length > 0) seen.add(what);
		}
		const kinds = new Set(data.recorded.flatMap(({ kind }) => (kind === null ? [] : [kind])));
		for (const locale of ['vi', 'en'] as const) {
			const csv = toCsv(data, { t: createTranslator(locale), locale, materials });
			expect(csv).not.toMatch(/privacy:|deed\.|accounts:|fund:/);
			// No code of the tables is left in the words; in English some are words themselves.
			if (locale === 'vi') for (const kind of kinds) expect(csv).not.toContain(`,${kind},`);
		}
	}
	expect(seen.size).toBeGreaterThan(12);
});
