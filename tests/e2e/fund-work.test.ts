// A fund's own pages, as its treasurer and its approver use them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { fieldErrorOf, signInClient } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let home: string;
beforeAll(async () => {
	world = await startWorld();
	home = `/cua-toi/quy/${world.fund.code}`;
});
afterAll(() => world.stop());

// Each sign-in takes one of ten recovery codes.
const clients = new Map<string, ReturnType<typeof signInClient>>();
function as(who: keyof ServedWorld['people']) {
	const client = clients.get(who) ?? signInClient(world.baseUrl, world.people[who]);
	clients.set(who, client);
	return client;
}
const today = toLocalDate(Date.now());
const read = async (client: Awaited<ReturnType<typeof as>>, path: string) => (await client.send(path)).text();
const gift = (over: Record<string, string> = {}) => ({
	...{ id: uuidv7(Date.now()), fundId: world.fund.id, kind: 'gift', account: 'cash', happenedOn: today },
	...{ amount: '250.000', words: 'Bà con khối 6 ủng hộ', privateNote: 'Ông Thụ', purpose: '' },
	photoMissingReason: 'Không có giấy tờ',
	...over,
});

test('a gift is written down, confirmed, and stands in the public book without its giver', async () => {
	const treasurer = await as('treasurer');
	const form = gift();
	const sent = await treasurer.post(`${home}/ghi-thu?_action=fundWork.recordStatement`, form);
	const slip = `/cua-toi/quy/phieu/${form.id}`;
	expect(sent.headers.get('location')).toBe(slip);
	expect(await read(treasurer, slip)).not.toContain('fundWork.confirmStatement');
	const approver = await as('approver');
	expect(await read(approver, home)).toContain(slip);
	expect(await read(approver, '/cua-toi')).toContain(slip);
	expect(await read(approver, slip)).toContain('Ông Thụ');
	await approver.post(`${slip}?_action=fundWork.confirmStatement`, { id: form.id });
	const book = await read(approver, `/quy/${world.fund.code}`);
	expect(book).toContain('Bà con khối 6 ủng hộ');
	expect(book).not.toContain('Ông Thụ');
	expect((await (await as('ward officer')).send(slip)).status).toBe(404);
});

test.each([
	['amount', '', 'Xin ghi số tiền.'],
	['amount', '0', 'Số tiền phải lớn hơn 0.'],
	['amount', '-5', 'Số tiền phải lớn hơn 0.'],
	['amount', '1,5', 'Số tiền là số đồng nguyên'],
	['amount', '9007199254740993', 'Số tiền này quá lớn.'],
	['words', ' ', 'Xin ghi vài chữ'],
	['happenedOn', '2999-01-01', 'Ngày này chưa tới.'],
	['happenedOn', 'hôm qua', 'Ngày này không đọc được.'],
	['photoMissingReason', '', 'Xin chụp giấy tờ'],
])('a gift with %s “%s” is refused beside that field, and keeps the rest', async (name, value, says) => {
	const treasurer = await as('treasurer');
	const before = await digest(world.db, ['session']);
	const answer = await treasurer.post(
		`${home}/ghi-thu?_action=fundWork.recordStatement`,
		gift({ [name]: value }),
	);
	expect(answer.status).toBe(422);
	const html = await answer.text();
	expect(fieldErrorOf(html, name === 'photoMissingReason' ? 'photo' : name)).toContain(says);
	expect(html.match(/role="alert"/g)).toHaveLength(1);
	if (name !== 'amount') expect(html).toContain('value="250.000"');
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('a gift that was recorded twice is reversed by two people, from its own page', async () => {
	const treasurer = await as('treasurer');
	const approver = await as('approver');
	const form = gift();
	await treasurer.post(`${home}/ghi-thu?_action=fundWork.recordStatement`, form);
	const slip = `/cua-toi/quy/phieu/${form.id}`;
	await approver.post(`${slip}?_action=fundWork.confirmStatement`, { id: form.id });
	const page = /href="(\/cua-toi\/quy\/dao\/[^"]+)"/.exec(await read(treasurer, slip))![1]!;
	const entryId = page.split('/').at(-1)!;
	expect(await read(treasurer, `${home}/ghi-dao`)).toContain(page);
	expect(await read(approver, slip)).not.toContain(page);
	const input = { id: uuidv7(Date.now()), entryId };
	const before = await digest(world.db, ['session']);
	const refused = await treasurer.post(`${page}?_action=fundWork.askReversal`, { ...input, reason: ' ' });
	expect(refused.status).toBe(422);
	expect(fieldErrorOf(await refused.text(), 'reason')).toContain('Xin ghi lý do.');
	expect(await digest(world.db, ['session'])).toEqual(before);
	const asked = await treasurer.post(`${page}?_action=fundWork.askReversal`, {
		...input,
		reason: 'Ghi hai lần',
	});
	expect(asked.headers.get('location')).toBe(page);
	expect(await read(treasurer, page)).not.toContain('fundWork.confirmReversal');
	expect(await read(approver, '/cua-toi')).toContain(page);
	expect(await read(approver, page)).toContain('fundWork.confirmReversal');
	await approver.post(`${page}?_action=fundWork.confirmReversal`, { id: input.id, entryId });
	expect(await read(approver, page)).toContain('Bút toán này đã đảo');
	expect(await read(approver, `/quy/${world.fund.code}`)).toContain('Ghi hai lần');
	const again = await treasurer.post(`${page}?_action=fundWork.askReversal`, {
		...{ id: uuidv7(Date.now()), entryId, reason: 'Lần nữa' },
	});
	expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('đã được đảo rồi')]);
	for (const who of ['ward officer', 'another fund’s treasurer'] as const)
		expect((await (await as(who)).send(page)).status).toBe(404);
});

test('a count that differs asks why beside the reason, and is booked when an approver confirms', async () => {
	const treasurer = await as('treasurer');
	const count = { id: uuidv7(Date.now()), fundId: world.fund.id, code: world.fund.code, countedOn: today };
	const action = `${home}/kiem-quy?_action=fundWork.recordCount`;
	const asked = await treasurer.post(action, { ...count, counted: '1.000', reason: '' });
	expect(asked.status).toBe(422);
	expect(fieldErrorOf(await asked.text(), 'reason')).toContain('Đếm được 1.000 ₫');
	await treasurer.post(action, { ...count, counted: '1.000', reason: 'Đang kiểm tra' });
	const approver = await as('approver');
	expect(await read(approver, `${home}/kiem-quy`)).toContain('Đang kiểm tra');
	await approver.post(`${home}/kiem-quy?_action=fundWork.returnCount`, {
		...{ id: count.id, code: world.fund.code, reason: 'Đếm lại' },
	});
	expect(await read(treasurer, `${home}/kiem-quy`)).toContain('Đếm lại');
});

test('a rule is set, said in public, and refused beside the field that is wrong', async () => {
	const approver = await as('approver');
	const rule = {
		...{ id: uuidv7(Date.now()), fundId: world.fund.id, code: world.fund.code, validFrom: today },
		...{ limit: '2.000.000', recorder: 'steward_or_treasurer', dueDay: '5' },
	};
	const action = `${home}/quy-che?_action=fund.setRule`;
	for (const [name, value] of [
		['limit', 'hai triệu'],
		['dueDay', '31'],
		['validFrom', '2020-01-01'],
		['percent-0', '5'],
	] as const) {
		const answer = await approver.post(action, { ...rule, 'share-0': '', 'percent-0': '', [name]: value });
		expect(answer.status).toBe(422);
		expect(fieldErrorOf(await answer.text(), name === 'percent-0' ? 'share-0' : name)).not.toBe('');
	}
	expect((await approver.post(action, rule)).status).toBe(303);
	for (const [path, says] of [
		[`/quy/${world.fund.code}`, 'Khoản chi trên 2.000.000\u00a0₫ phải có hai người duyệt'],
		[`/en/quy/${world.fund.code}`, 'Payments above 2,000,000\u00a0₫ need two approvers'],
	] as const)
		expect(await read(approver, path)).toContain(says);
	const changed = await approver.post(action, { ...rule, id: uuidv7(Date.now()) });
	expect(fieldErrorOf(await changed.text(), 'validFrom')).toContain('sớm nhất từ ngày mai');
});

test('a month that is not over is not closed, and a note beside a request stays with two roles', async () => {
	const treasurer = await as('treasurer');
	const month = { id: uuidv7(Date.now()), fundId: world.fund.id, code: world.fund.code };
	const answer = await treasurer.post(`${home}/khoa-so?_action=fundWork.closeMonth`, {
		...month,
		month: today.slice(0, 7),
	});
	expect(answer.status).toBe(409);
	expect(await answer.text()).toContain('chưa hết nên chưa khoá được');
	const path = `/cua-toi/chi/${world.requestId}`;
	await treasurer.post(`${path}?_action=fundWork.writeNote`, {
		...{ id: uuidv7(Date.now()), disbursementId: world.requestId, note: 'Hộ ở ngõ 12' },
	});
	expect(await read(treasurer, path)).toContain('Hộ ở ngõ 12');
	expect(await read(await as('ward officer'), path)).not.toContain('Hộ ở ngõ 12');
});

test('the public words of an entry are erased on its page by an administrator, and by nobody else', async () => {
	const { id } = await world.db
		.selectFrom('journalEntry')
		.select('id')
		.where('kind', '=', 'gift')
		.orderBy('sequence')
		.executeTakeFirstOrThrow();
	const at = `/quy/but-toan/${id}`;
	const erase = `${at}?_action=fundWork.eraseEntryText`;
	const before = await digest(world.db, ['session', 'rate_limit']);
	const treasurer = await as('treasurer');
	expect(await read(treasurer, at)).not.toContain('eraseEntryText');
	expect((await treasurer.post(erase, { id })).status).toBe(403);
	expect(await digest(world.db, ['session', 'rate_limit'])).toEqual(before);

	const administrator = await as('administrator');
	expect(await read(administrator, at)).toContain('eraseEntryText');
	expect((await administrator.post(erase, { id })).headers.get('location')).toBe(at);
	const page = await read(administrator, at);
	expect(page).toContain('Nội dung đã xoá theo yêu cầu');
	expect(page).not.toContain('eraseEntryText');
});
