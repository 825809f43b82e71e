// What was achieved: every figure that was ever written stays, and what is not known is never 0.
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { achievedText } from '#features/cleanup-events/achieved.ts';
import {
	listEventsToday,
	listEventsWaitingFor,
	listOverdueReports,
} from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { recyclablesOf, type ReportInput, type ReportLine } from '#features/cleanup-events/event-report.ts';
import { findReports, listReports } from '#features/cleanup-events/event-report.repository.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const LATER = NOW + 2 * DAY;
const PUBLISHED = { status: 'published', cancelReason: null } as const;
const vi = { t: createTranslator('vi'), locale: 'vi' } as const;
const paper: ReportLine = { material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 };
const cans: ReportLine = { material: 'aluminium_can', unit: 'piece', quantityMilli: 340_000 };

describeEachEngine('The report of a Green Sunday', (engine) => {
	let db: Db;
	let organiser: Actor;
	let id: string;

	const report = (over: Partial<ReportInput> = {}): ReportInput => ({
		...{ id, headCount: 25, recyclablesGrams: null, otherWasteGrams: null, remarks: '' },
		...over,
	});
	const write = (over: Partial<ReportInput> = {}, now = LATER) =>
		reportEvent(db, organiser, report(over), now);
	const auditOf = async () =>
		(await db.selectFrom('auditEvent').select('action').where('subjectId', '=', id).execute()).map(
			({ action }) => action,
		);
	const newest = async () => (await findReports(db, [id])).get(id)!;
	async function announce(): Promise<string> {
		const eventId = uuidv7(NOW);
		await announceEvent(
			db,
			organiser,
			{
				...PLAIN_EVENT,
				...{
					id: eventId,
					organisationId: organiser.grants[0]!.scopeId!,
					title: 'Dọn bờ sông',
					description: '',
				},
				...{ whatToBring: '', startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null },
				...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
			},
			NOW,
		);
		return eventId;
	}

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		const about = { kind: 'youth_union', name: 'Đoàn phường', adminUnitId: 'tt-2025', isSample: 0 } as const;
		const organisationId = await inTransaction(db, (trx) => insertOrganisation(trx, about, NOW));
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		id = await announce();
	});

	test('keeps quantities by material as they were typed, and a correction keeps the old ones', async () => {
		await write({
			lines: [cans, paper],
			otherWasteLitres: 3500,
			streetMetres: 800,
			drainMetres: 0,
			treeCount: 12,
		});
		await write({ lines: [paper], recyclablesGrams: 2000, giftText: 'Áo mưa', revision: 1 }, LATER + DAY);
		const [second, first] = await listReports(db, id);
		expect(first).toMatchObject({
			...{ revision: 1, otherWasteLitres: 3500, streetMetres: 800, drainMetres: 0, treeCount: 12 },
			lines: [
				{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 12_500, nameVi: 'Giấy vụn' },
				{ materialCode: 'aluminium_can', unit: 'piece', quantityMilli: 340_000 },
			],
		});
		expect(second).toMatchObject({
			revision: 2,
			otherWasteLitres: null,
			treeCount: null,
			giftText: 'Áo mưa',
		});
		expect(second!.lines).toHaveLength(1);
		expect(recyclablesOf(second!)).toEqual({ grams: 14_500, piecesMilli: null });
		expect(achievedText(PUBLISHED, first, vi).replaceAll('\u00a0', ' ')).toBe(
			'25 lượt người, 12,5 kg + 340 cái đồ bán được, 3,5 m³ rác khác, 800 m đường, 0 m cống rãnh, 12 cây',
		);
		expect(await auditOf()).toEqual(
			expect.arrayContaining(['cleanup-event.report', 'cleanup-event.correct']) as string[],
		);
	});

	test('says nothing of what is not known', async () => {
		await write();
		expect(achievedText(PUBLISHED, await newest(), vi)).toBe('25 lượt người');
		expect(recyclablesOf(await newest())).toEqual({ grams: null, piecesMilli: null });
		await write({ recyclablesGrams: 0 });
		expect(achievedText(PUBLISHED, await newest(), vi)).toContain('0\u00a0kg đồ bán được');
		expect(achievedText(PUBLISHED, undefined, vi)).toBe('Chưa có báo cáo');
	});

	test('the same again is no revision, whatever the order of its lines', async () => {
		await write({ lines: [paper, cans], revision: 0 });
		await write({ lines: [cans, paper], revision: 0 });
		await Promise.all([write({ lines: [paper, cans] }), write({ lines: [paper, cans], revision: 0 })]);
		expect(await listReports(db, id)).toHaveLength(1);
		expect((await auditOf()).filter((action) => action !== 'cleanup-event.announce')).toHaveLength(1);
	});

	test('of two who report at once the second is told, and may record theirs after it', async () => {
		await write({ headCount: 20, revision: 0 });
		const stale = () => write({ headCount: 30, revision: 0 });
		expect(await expectNothingWritten(db, stale)).toMatchObject({ kind: 'CONFLICT', key: 'reportChanged' });
		await write({ headCount: 30, revision: 1 });
		expect((await listReports(db, id)).map(({ headCount }) => headCount)).toEqual([30, 20]);
	});

	test.each([
		['an unknown material', { ...paper, material: 'gold' }, 'unknownMaterial', 'line-kg-gold'],
		['another unit', { ...paper, unit: 'piece' as const }, 'unknownMaterial', 'line-piece-mixed_paper'],
		[
			'what no house takes',
			{ material: 'food_waste', unit: 'kg' as const, quantityMilli: 1000 },
			'materialNever',
			'line-kg-food_waste',
		],
		['none of a material', { ...paper, quantityMilli: 0 }, 'quantityNotPositive', 'line-kg-mixed_paper'],
		['a fraction of a gram', { ...paper, quantityMilli: 0.5 }, 'quantityNotPositive', 'line-kg-mixed_paper'],
		['a mountain', { ...paper, quantityMilli: 2e9 }, 'quantityTooLarge', 'line-kg-mixed_paper'],
		['half a can', { ...cans, quantityMilli: 500 }, 'countOutOfRange', 'line-piece-aluminium_can'],
	])('refuses %s and writes nothing', async (_name, line, key, field) => {
		const refused = await expectNothingWritten(db, () => write({ lines: [line] }));
		expect(refused).toMatchObject({ kind: 'UNPROCESSABLE_CONTENT', key, field });
	});

	test('refuses figures beyond reason and a material twice, and writes nothing', async () => {
		const refusals: [Partial<ReportInput>, string][] = [
			[{ lines: [paper, paper] }, 'line-kg-mixed_paper'],
			[{ otherWasteLitres: -1 }, 'otherWasteM3'],
			[{ otherWasteLitres: 1e12 }, 'otherWasteM3'],
			[{ streetMetres: 1.5 }, 'streetMetres'],
			[{ drainMetres: Number.NaN }, 'drainMetres'],
			[{ treeCount: -3 }, 'treeCount'],
			[{ giftText: 'a'.repeat(501) }, 'giftText'],
			[{ shortcomings: 'a'.repeat(2001) }, 'shortcomings'],
			[{ proposals: 'a'.repeat(2001) }, 'proposals'],
		];
		for (const [over, field] of refusals)
			expect(await expectNothingWritten(db, () => write(over))).toMatchObject({ field });
	});

	test('all that is wrong is told at once, each beside its field, and nothing is written', async () => {
		const wrong = {
			...{ headCount: 1e9, treeCount: -1, giftText: 'a'.repeat(501), remarks: 'a'.repeat(2001) },
			...{
				lines: [
					{ ...paper, material: 'gold' },
					{ ...cans, quantityMilli: 0 },
				],
				goodsHouse: 'NNX-998',
			},
		};
		const refused = (await expectNothingWritten(db, () => write(wrong))) as DomainError;
		expect([refused, ...refused.others].map(({ key, field }) => [key, field])).toEqual([
			['countOutOfRange', 'headCount'],
			['countOutOfRange', 'treeCount'],
			['unknownMaterial', 'line-kg-gold'],
			['quantityNotPositive', 'line-piece-aluminium_can'],
			['unknownHouse', 'goodsHouse'],
			['textTooLong', 'giftText'],
			['textTooLong', 'remarks'],
		]);
	});

	test.each([
		['HTML', '<script>alert(1)</script> &amp;'],
		['SQL', `Robert'); drop table event_report; -- " \\ %_`],
		['templates', '{{count}} $t(errors:unexpected) ${1+1}'],
		['NFD Vietnamese', 'Quà của đồng bào'.normalize('NFD')],
	])('%s in its texts is kept as the text that it is', async (_name, text) => {
		await write({ giftText: text, remarks: text, shortcomings: text, proposals: text });
		const stored = text.normalize('NFC');
		expect(await newest()).toMatchObject({
			...{ giftText: stored, remarks: stored, shortcomings: stored, proposals: stored },
		});
	});

	test('keeps shortcomings and proposals with each revision; a change of them alone is a correction', async () => {
		await write({ shortcomings: 'Thiếu xe', proposals: 'Thêm thùng' });
		await write({ shortcomings: 'Thiếu xe', proposals: 'Thêm thùng' }, LATER + 1);
		await write({ shortcomings: 'Thiếu xe', revision: 1 }, LATER + DAY);
		expect(
			(await listReports(db, id)).map(({ shortcomings, proposals }) => [shortcomings, proposals]),
		).toEqual([
			['Thiếu xe', ''],
			['Thiếu xe', 'Thêm thùng'],
		]);
	});

	test('is asked for with the newest first, and what begins today stands before its end', async () => {
		const begin = NOW + DAY;
		const later = await announce();
		const move = (eventId: string, startsAt: number) =>
			db
				.updateTable('cleanupEvent')
				.set({ startsAt, endsAt: startsAt + 3_600_000 })
				.where('id', '=', eventId)
				.execute();
		await move(later, begin + 7 * DAY);
		const waiting = await listEventsWaitingFor(db, organiser, begin + 8 * DAY);
		expect(waiting.map(({ detail }) => detail.startsAt)).toEqual([begin + 7 * DAY, begin]);
		const today = async (now: number) => (await listEventsToday(db, organiser, now)).map((event) => event.id);
		const midnight = startOfLocalDate(toLocalDate(begin));
		expect(await today(midnight - 1)).toEqual([]);
		expect(await today(midnight)).toEqual([id]);
		expect(await today(begin + 3_599_999)).toEqual([id]);
		expect(await today(begin + 3_600_000)).toEqual([]);
		const stranger = await makeActor(db, 'organiser', 'organisation', 'none');
		expect(await listEventsToday(db, stranger, midnight)).toEqual([]);
		await db
			.updateTable('cleanupEvent')
			.set({ status: 'cancelled', cancelledAt: NOW, cancelReason: 'Mưa' })
			.where('id', '=', id)
			.execute();
		expect(await today(midnight)).toEqual([]);
	});

	test('is asked for from the end on, and pressed for after 48 hours', async () => {
		const end = NOW + DAY + 3_600_000;
		const asked = async (now: number) =>
			(await listEventsWaitingFor(db, organiser, now)).map(({ isOverdue }) => isOverdue);
		expect(await asked(end - 1)).toEqual([]);
		expect(await asked(end)).toEqual([false]);
		expect(await asked(end + 2 * DAY - 1)).toEqual([false]);
		expect(await asked(end + 2 * DAY)).toEqual([true]);
		expect(await listOverdueReports(db, end + 2 * DAY - 1, 10)).toEqual([]);
		expect((await listOverdueReports(db, end + 2 * DAY, 10)).map((event) => event.id)).toEqual([id]);
		expect(await listOverdueReports(db, end + 9 * DAY - 1, 10)).toHaveLength(1);
		// Old ones do not take the place of those that somebody can still be reminded of.
		expect(await listOverdueReports(db, end + 9 * DAY, 10)).toEqual([]);
		await write();
		expect(await listOverdueReports(db, end + 9 * DAY, 10)).toEqual([]);
		expect(await asked(end + 9 * DAY)).toEqual([]);
	});

	test('the database itself changes and deletes no figure', async () => {
		await write({ lines: [paper] });
		for (const work of [
			() => db.updateTable('eventReport').set({ headCount: 1 }).execute(),
			() => db.deleteFrom('eventReportLine').execute(),
			() => db.deleteFrom('eventReport').execute(),
			() => db.updateTable('eventReportLine').set({ quantityMilli: 1 }).execute(),
		])
			await expect(work()).rejects.toThrow('append-only');
	});

	test('whatever revisions are made, the last one is shown and every old one stays', async () => {
		const count = fc.option(fc.integer({ min: 0, max: 9999 }), { nil: null });
		const quantity = fc.integer({ min: 1, max: 5000 });
		const lines = fc.record(
			{ mixed_paper: quantity, cardboard: quantity, books: quantity },
			{ requiredKeys: [] },
		);
		const revision = fc.record({
			headCount: fc.nat(500),
			recyclablesGrams: count,
			otherWasteLitres: count,
			treeCount: count,
			lines,
		});
		await fc.assert(
			fc.asyncProperty(fc.array(revision, { minLength: 1, maxLength: 6 }), async (revisions) => {
				id = await announce();
				const made: object[] = [];
				for (const { lines: typed, ...figures } of revisions) {
					const rows = Object.entries(typed).map(([material, quantityMilli]) => ({
						...{ material, unit: 'kg' as const, quantityMilli },
					}));
					await write({ ...figures, lines: rows, revision: made.length });
					const sorted = rows.toSorted((a, b) => (a.material < b.material ? -1 : 1));
					const said = { ...figures, lines: sorted };
					if (JSON.stringify(made[0]) !== JSON.stringify(said)) made.unshift(said);
				}
				const stand = (await listReports(db, id)).map((each) => ({
					headCount: each.headCount,
					recyclablesGrams: each.recyclablesGrams,
					otherWasteLitres: each.otherWasteLitres,
					treeCount: each.treeCount,
					lines: each.lines
						.map(({ materialCode: material, unit, quantityMilli }) => ({ material, unit, quantityMilli }))
						.toSorted((a, b) => (a.material < b.material ? -1 : 1)),
				}));
				expect(stand).toEqual(made);
				expect(await newest()).toMatchObject({ revision: made.length, headCount: stand[0]!.headCount });
			}),
			{ numRuns: 15 },
		);
	});
});
