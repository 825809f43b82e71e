// Where a fund was made public: recorded by its treasurer, read by everybody, with no name.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { monthsBefore } from '#features/fund/month-chart.ts';
import { recordDisclosure } from '#features/disclosures/disclosure.service.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { inTransaction } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, fieldErrorOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { makeActor, makeFund } from '../support/fixtures.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let treasurer: Client;
let own: string;
let open: string;
beforeAll(async () => {
	world = await startWorld();
	treasurer = await signInClient(world.baseUrl, world.people.treasurer);
	own = `/cua-toi/quy/${world.fund.code}/cong-khai`;
	open = `/quy/${world.fund.code}/cong-khai`;
});
afterAll(() => world.stop());

const today = toLocalDate(Date.now());
const month = monthsBefore(today.slice(0, 7), 1);
const form = (over: Record<string, string> = {}) => ({
	...{ id: uuidv7(Date.now()), fundId: world.fund.id, code: world.fund.code, form: 'record', how: 'board' },
	...{ month, place: 'Nhà văn hoá khối 6', fromOn: today, photoMissingReason: 'Máy hỏng', ...over },
});
const read = async (path: string, client = makeClient(world.baseUrl)) => (await client.send(path)).text();
const record = (fields: Record<string, string>, client = treasurer) =>
	client.post(`${own}?_action=disclosures.record`, fields);

test('a sheet is recorded, everybody reads it without a name, and it comes down once', async () => {
	expect(await read(open)).toContain('Chưa ghi lần công khai nào.');
	const fields = form();
	for (let again = 0; again < 2; again += 1) {
		const sent = await record(fields);
		expect([sent.status, sent.headers.get('location')]).toEqual([303, `${own}?xong=ghi`]);
	}
	for (const path of [open, `/quy/${world.fund.code}`]) {
		const page = await read(path);
		expect(page.match(/Nhà văn hoá khối 6/g)).toHaveLength(1);
		expect(page).toContain('vẫn còn');
		expect(page).toMatch(/Thủ quỹ, .* ghi\s*</);
		expect(page).not.toContain('ghi ngày');
		expect(page).not.toContain(world.people.treasurer.actor.displayName);
	}
	const end = (toOn: string) =>
		treasurer.post(`${own}?_action=disclosures.end`, {
			...{ id: fields.id, code: world.fund.code, form: `end-${fields.id}`, toOn },
		});
	expect((await end('2020-01-01')).status).toBe(422);
	expect((await end(today)).status).toBe(303);
	expect(await read(open)).not.toContain('vẫn còn');
	expect((await record({ ...fields, place: 'Chợ' })).status).toBe(409);
});

test('a sheet that hung after its day stays late to be read', async () => {
	const fund = await makeFund(world.db);
	const now = Date.now();
	const recordedBy = world.people.treasurer.actor.grants[0]!.id;
	const bookedOn = `${monthsBefore(month, 1)}-10`;
	const giftId = uuidv7(now);
	await inTransaction(world.db, (trx) =>
		postEntry(
			trx,
			{
				...{ id: giftId, fundId: fund.id, kind: 'gift', happenedOn: bookedOn, bookedOn, recordedBy },
				source: { kind: 'statement', id: giftId, content: { statement: giftId } },
				postings: [{ debit: 'cash', credit: 'gift', amountVnd: 5_000 }],
				text: { kind: 'statement', words: 'Bà con ủng hộ' },
			},
			now,
		),
	);
	const rule = { id: uuidv7(now), fundId: fund.id, validFrom: bookedOn, twoApproversAboveVnd: null };
	await setFundRule(
		world.db,
		await makeActor(world.db, 'approver', 'fund', fund.id),
		{ ...rule, saleRecorder: 'treasurer', boardDueDay: 5, shares: [] },
		Date.parse(bookedOn),
	);
	const hung = { id: uuidv7(now), fundId: fund.id, month: monthsBefore(month, 1), subject: '' };
	await recordDisclosure(
		world.db,
		await makeActor(world.db, 'treasurer', 'fund', fund.id),
		{
			...{ ...hung, form: 'board', place: 'Chợ', fromOn: `${month}-12`, toOn: null, note: '' },
			photoMissingReason: 'Máy hỏng',
		},
		now,
	);
	for (const path of [`/quy/${fund.code}/cong-khai`, `/quy/${fund.code}`]) {
		const page = await read(path);
		expect(page).toMatch(/dán ngày 12\/\d\d\/\d{4}, công khai muộn 7 ngày \(hẹn 05\//);
		expect(page).toContain('Công khai muộn 7 ngày');
	}
	// A day before today rests on the recorder's word, so the day of recording stands beside it.
	const days = /Thủ quỹ, [^<]* ghi ngày (\d\d)\/(\d\d)\/(\d{4})/.exec(
		await read(`/quy/${fund.code}/cong-khai`),
	);
	expect(days?.slice(1).reverse().join('-')).toBe(today);
	expect(await read(`/en/quy/${fund.code}/cong-khai`)).toMatch(/Recorded on [^<]*\d{4} by: Treasurer/);
	expect(await read(`/en/quy/${fund.code}/cong-khai`)).toMatch(/7 days late \(due 5 /);
});

test('a wrong one is taken back, and both stay to be read', async () => {
	const fields = form({ place: 'Chợ Kỳ Lừa' });
	await record(fields);
	const undo = { id: uuidv7(Date.now()), replacesId: fields.id, code: world.fund.code };
	const send = (reason: string) =>
		treasurer.post(`${own}?_action=disclosures.withdraw`, { ...undo, form: `undo-${fields.id}`, reason });
	const refused = await send(' ');
	expect(refused.status).toBe(422);
	expect(fieldErrorOf(await refused.text(), 'reason')).toBe('Xin ghi lý do.');
	expect((await send('Bảng dán ở nơi khác')).status).toBe(303);
	const page = await read(open);
	expect(page).toContain('1 lần ghi nhầm đã rút lại');
	expect(page).toContain('Bảng dán ở nơi khác');
});

test.each([
	['fromOn', '2999-01-01', 'Ngày này chưa tới.'],
	['fromOn', 'hôm qua', 'Ngày này không đọc được.'],
	['toOn', '2020-01-01', 'Ngày cuối đứng trước ngày đầu.'],
	['month', '2999-01', 'Tháng 1/2999 chưa tới.'],
	['month', '', 'Xin chọn tháng, hoặc ghi nội dung đã công khai.'],
	['place', ' ', 'Xin ghi công khai ở đâu.'],
	['photoMissingReason', '', 'Xin chụp một ảnh, hoặc ghi vì sao không có ảnh.'],
])(
	'%s “%s” is refused beside its field, what was typed stays, and nothing is written',
	async (name, value, says) => {
		const before = await digest(world.db, ['session', 'rate_limit']);
		const sent = await record(form({ note: 'Ghi thêm', [name]: value }));
		expect(sent.status).toBe(422);
		const html = await sent.text();
		const beside =
			name === 'photoMissingReason' ? 'photo' : name === 'month' && value === '' ? 'subject' : name;
		expect(fieldErrorOf(html, beside)).toContain(says);
		expect(html).toContain('value="Ghi thêm"');
		expect(await digest(world.db, ['session', 'rate_limit'])).toEqual(before);
	},
);

test('whoever has no part in the fund finds no such page, and writes nothing', async () => {
	const stranger = await signInClient(world.baseUrl, world.people['another fund’s treasurer']);
	expect((await stranger.send(own)).status).toBe(404);
	const before = await digest(world.db, ['session', 'rate_limit']);
	expect((await record(form(), stranger)).status).toBeGreaterThanOrEqual(403);
	expect((await record(form(), makeClient(world.baseUrl))).status).toBeGreaterThanOrEqual(300);
	expect(await digest(world.db, ['session', 'rate_limit'])).toEqual(before);
	const approver = await signInClient(world.baseUrl, world.people.approver);
	const page = await read(own, approver);
	expect(page).not.toContain('disclosures.record');
	const refused = await record(form(), approver);
	expect(refused.status).toBe(403);
	expect(alertOf(await refused.text())).toBeDefined();
});

test('an address of a page that there is not leads to the newest', async () => {
	const client = makeClient(world.baseUrl);
	expect((await client.send(`${open}?truoc=x`)).headers.get('location')).toBe(open);
	expect((await client.send(open.toLowerCase())).status).toBe(301);
	expect((await client.send('/quy/KHONG/cong-khai')).status).toBe(404);
	expect((await client.send(`/en${open}`)).status).toBe(200);
});
