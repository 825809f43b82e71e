// Feeds of events, read by a parser that is not ours, on servers whose clocks stand elsewhere.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import ICAL from 'ical.js';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import type { EventInput } from '#features/cleanup-events/cleanup-event.ts';
import { findEvent, listFeedEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { findReports } from '#features/cleanup-events/event-report.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { toAtom } from '#features/cleanup-events/event-atom.ts';
import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
import { parseFeedFilter } from '#features/cleanup-events/event-feed.ts';
import type { Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { localDateTimeToInstant } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const words = { t: createTranslator('vi'), locale: 'vi' as const, publicUrl: 'https://nha-xanh.example' };
const startsAt = localDateTimeToInstant('2026-11-29', '06:30')!;
const HOSTILE =
	'Dọn; “chợ”, \\n & <b>bến</b>\nBEGIN:VEVENT\r\nđường Trần Đăng Ninh, từ cầu Kỳ Cùng đến ngã tư 🧹';

describeEachEngine('feeds of Green Sundays', (engine) => {
	let db: Db;
	let organiser: Actor;
	let [organisationId, partnerId] = ['', ''];

	async function makeOrganisation(name: string, adminUnitId: string): Promise<string> {
		const id = uuidv7(NOW);
		const row = { id, kind: 'youth_union' as const, name, adminUnitId, validFrom: null, validTo: null };
		await db
			.insertInto('organisation')
			.values({ ...row, isSample: 0 })
			.execute();
		return id;
	}
	const input = (over: Partial<EventInput> = {}): EventInput => ({
		...PLAIN_EVENT,
		...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: HOSTILE, whatToBring: 'Chổi' },
		...{ startsAt, endsAt: startsAt + DAY / 8, greenHouseCode: null, assemblyPoint: 'Nhà văn hoá, khối 6' },
		...{ latitude: 21.853721, longitude: 106.761551, capacity: null },
		...over,
	});
	const feed = async (filter = {}, now = NOW) => (await listFeedEvents(db, filter, now)).events;
	const parse = (text: string) =>
		new ICAL.Component(ICAL.parse(text) as unknown[])
			.getAllSubcomponents('vevent')
			.map((each) => new ICAL.Event(each));

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		organisationId = await makeOrganisation('Đoàn phường Tam Thanh', 'tt-2025');
		partnerId = await makeOrganisation('Trường học 1', 'dk-2025');
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
	});

	test('begin at 06:30 in Vietnam, whatever the clock of the server and of the reader', async () => {
		const each = input();
		await announceEvent(db, organiser, each, NOW);
		const text = toCalendar(await feed(), 'Chủ nhật xanh', words);
		const [event] = parse(text);
		expect(event!.startDate.toString()).toBe('2026-11-29T06:30:00');
		expect(event!.startDate.zone.tzid).toBe('Asia/Ho_Chi_Minh');
		expect(event!.startDate.toJSDate().getTime()).toBe(startsAt);
		expect(event!.endDate.toJSDate().getTime()).toBe(startsAt + DAY / 8);
		expect(event).toMatchObject({ uid: `${each.id}@ngoi-nha-xanh`, sequence: 0, summary: 'Dọn bờ sông' });
		// Hostile texts arrive as they were written, in one event.
		expect(event!.description).toContain(HOSTILE.replace('\r', ''));
		expect(event!.location).toBe('Nhà văn hoá, khối 6, phường Đông Kinh');
		for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
		expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
	});

	test('keep their name and count their changes; one that is called off stays, and says so', async () => {
		const each = input();
		await announceEvent(db, organiser, each, NOW);
		const moved = { startsAt: startsAt + DAY, endsAt: startsAt + DAY + 1 };
		await editEvent(db, organiser, { ...each, ...moved, sequence: 0 }, NOW);
		expect(parse(toCalendar(await feed(), '', words))[0]).toMatchObject({
			...{ uid: `${each.id}@ngoi-nha-xanh`, sequence: 1 },
		});
		await cancelEvent(db, organiser, { id: each.id, reason: 'Mưa to' }, NOW);
		const [event] = parse(toCalendar(await feed(), '', words));
		expect(event).toMatchObject({ sequence: 2, summary: 'ĐÃ HUỶ: Dọn bờ sông' });
		expect(event!.component.getFirstPropertyValue('status')).toBe('CANCELLED');
		expect(event!.description).toContain('Lý do: Mưa to');
	});

	test('are those of a ward, and of an organisation with those that it calls to with others', async () => {
		const own = input({ organisationId, latitude: null, longitude: null });
		const shared = input({ coOrganiserIds: [partnerId] });
		await announceEvent(db, organiser, own, NOW);
		await announceEvent(db, organiser, shared, NOW);
		const ids = async (filter: object) => (await feed(filter)).map(({ id }) => id);
		expect((await ids({})).sort()).toEqual([own.id, shared.id].sort());
		expect(await ids({ wardId: 'tt-2025' })).toEqual([own.id]);
		expect(await ids({ wardId: 'dk-2025' })).toEqual([shared.id]);
		expect((await ids({ organisationId })).sort()).toEqual([own.id, shared.id].sort());
		expect(await ids({ organisationId: partnerId })).toEqual([shared.id]);
		expect((await listFeedEvents(db, { organisationId: partnerId }, NOW)).name).toBe('Trường học 1');
		// Two months after its end it leaves.
		expect(await feed({}, own.endsAt + 60 * DAY)).toEqual([]);
		expect(parse(toCalendar([], 'Chưa có buổi nào', words))).toEqual([]);
	});

	test('of a place or a body that is none are refused', async () => {
		for (const filter of [{ wardId: 'hanoi' }, { organisationId: uuidv7(NOW) }])
			expect(await expectNothingWritten(db, () => feed(filter))).toMatchObject({ kind: 'NOT_FOUND' });
		for (const query of ['ward=%27%20or%201=1', 'ward=', 'organisation=1', 'organisation='])
			expect(() => parseFeedFilter(new URLSearchParams(query))).toThrow();
		expect(parseFeedFilter(new URLSearchParams('other=1'))).toEqual({});
	});

	test('say in words alone what stands in bold on the page', async () => {
		await announceEvent(
			db,
			organiser,
			input({ description: 'Mang **găng tay** nhé', whatToBring: '**Chổi**' }),
			NOW,
		);
		const events = await feed();
		const about = { title: 'x', self: 'https://x', now: NOW, reports: new Map() };
		for (const text of [parse(toCalendar(events, '', words))[0]!.description, toAtom(events, about, words)]) {
			expect(text).toContain('Mang găng tay nhé');
			expect(text).toContain(': Chổi');
			expect(text).not.toContain('**');
		}
	});

	test('as Atom are well-formed XML that says what changed, and what was achieved', async () => {
		const each = input({ title: 'Dọn <chợ> & "bến"' });
		await announceEvent(db, organiser, each, NOW);
		const figures = { headCount: 25, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
		const later = startsAt + DAY;
		await reportEvent(db, organiser, { id: each.id, ...figures }, later);
		const reports = await findReports(db, [each.id]);
		const atom = toAtom(
			await feed(),
			{ title: 'Chủ nhật xanh', self: 'https://x/?a=1&b=2', now: later, reports },
			words,
		);
		expect(atom).toContain('<title>Dọn &lt;chợ&gt; &amp; &quot;bến&quot;</title>');
		expect(atom).toContain(`<updated>${new Date(later).toISOString()}</updated>`);
		expect(atom).toContain('25 lượt người');
		expect(atom).not.toMatch(/<b>|&(?!amp;|lt;|gt;|quot;)/);
		expect((await findEvent(db, each.id))?.sequence).toBe(0);
	});
});

test.each(['UTC', 'America/New_York', 'Asia/Ho_Chi_Minh'])(
	'a server whose clock is set to %s writes the same',
	async (zone) => {
		const code = `
		import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
		import { createTranslator } from '#lib/i18n.ts';
		const event = { id: 'a', slug: 'a', status: 'published', sequence: 0, title: 'A', description: '', startsAt: ${startsAt}, endsAt: ${startsAt + 1000}, assemblyPoint: 'A', latitude: null, longitude: null, whatToBring: '', rainPlan: '', organisationName: 'A', createdAt: 0, updatedAt: 0 };
		console.log(toCalendar([event], 'A', { t: createTranslator('vi'), locale: 'vi', publicUrl: 'https://x' }));
	`;
		const run = promisify(execFile);
		const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', code], {
			env: { ...process.env, TZ: zone },
		});
		expect(stdout).toContain('DTSTART;TZID=Asia/Ho_Chi_Minh:20261129T063000\r\n');
	},
);
