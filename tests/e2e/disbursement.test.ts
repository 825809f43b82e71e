// A payment request as the people around a fund see it: what it says before the money is there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/uuid.ts';
import { fieldErrorOf, signInClient } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());

const as = (who: keyof ServedWorld['people']) => signInClient(world.baseUrl, world.people[who]);
const post = (id: string, over: Record<string, string> = {}) => ({
	...{ id, fundId: world.fund.id, purpose: 'hardship', description: 'Giúp hộ cháy nhà' },
	...{ amount: '2.000.000', count: '6', wardId: '' },
	...over,
});
const ASK = '/cua-toi/chi?_action=fund.requestDisbursement';

test('more than the fund holds is said to the requester, the approver and the treasurer', async () => {
	const id = uuidv7(Date.now());
	const path = `/cua-toi/chi/${id}`;
	const officer = await as('ward officer');
	expect((await officer.post(ASK, post(id))).headers.get('location')).toBe(path);
	const short = /Quỹ đang có 1\.000\.000\u00a0₫ tiền mặt, còn thiếu 1\.000\.000\u00a0₫/;
	const read = async (client: Awaited<ReturnType<typeof as>>, where = path) =>
		(await client.send(where)).text();
	expect(await read(officer)).toMatch(short);
	const approver = await as('approver');
	const asked = await read(approver);
	expect(asked).toMatch(short);
	expect(asked).not.toContain('Duyệt xong, thủ quỹ mới được chi');
	expect(await read(approver, `/en${path}`)).not.toContain('can pay once you have approved');
	await approver.post(`${path}?_action=fund.approveDisbursement`, { id });
	const own = await read(approver);
	expect(own).toMatch(short);
	expect(own).toContain('fund.returnDisbursement');
	const treasurer = await read(await as('treasurer'));
	expect(treasurer).toMatch(short);
	expect(treasurer).not.toContain('fund.payDisbursement');
});

test.each([
	['amount', '', 'Xin ghi số tiền.'],
	['amount', '0', 'Số tiền phải lớn hơn 0.'],
	['amount', '1,5', 'Số tiền là số đồng nguyên'],
	['amount', '999999999999999999999', 'Số tiền này quá lớn.'],
	['count', '999999999999999999999', 'Số này phải từ 1 đến 100.000.'],
	['count', 'mười', 'Số người phải là số nguyên.'],
	['description', '  ', 'Xin ghi rõ chi cho việc gì.'],
	['wardId', 'nowhere', 'Biểu mẫu gửi lên không đọc được.'],
])('a request with %s “%s” is refused beside that field, and keeps the rest', async (name, value, says) => {
	const officer = await as('ward officer');
	const before = await digest(world.db, ['session']);
	const answer = await officer.post(ASK, post(uuidv7(Date.now()), { [name]: value }));
	expect([400, 422]).toContain(answer.status);
	const html = await answer.text();
	expect(fieldErrorOf(html, name)).toContain(says);
	expect(html.match(/role="alert"/g)).toHaveLength(1);
	if (name !== 'amount') expect(html).toContain('value="2.000.000"');
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('a return without a reason is refused beside the reason', async () => {
	const approver = await as('approver');
	const path = `/cua-toi/chi/${world.requestId}`;
	const answer = await approver.post(`${path}?_action=fund.returnDisbursement`, {
		id: world.requestId,
		reason: ' ',
	});
	expect(answer.status).toBe(422);
	expect(fieldErrorOf(await answer.text(), 'reason')).toContain('Xin ghi lý do.');
});
