// Vouchers for paper: for the fund's own people, with every sum in words and no name of anybody.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEntry, listEntries } from '#features/fund/fund.repository.ts';
import { postEntry, reverseEntry } from '#features/fund/ledger.service.ts';
import { inTransaction } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { makeClient, signInClient } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

let world: ServedWorld;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());

const clients = new Map<string, ReturnType<typeof signInClient>>();
function as(who: keyof ServedWorld['people']) {
	const client = clients.get(who) ?? signInClient(world.baseUrl, world.people[who]);
	clients.set(who, client);
	return client;
}
const read = async (who: keyof ServedWorld['people'], path: string) => {
	const response = await (await as(who)).send(path);
	return { status: response.status, html: await response.text() };
};
const today = toLocalDate(Date.now());
const slipOf = (entryId: string) => `/quy/but-toan/${entryId}/phieu`;
const lastEntry = async () => (await listEntries(world.db, world.fund.id, { limit: 1 }))[0]!;

test('a gift is confirmed, and its receipt names nobody and leaves room for a pen', async () => {
	const id = uuidv7(Date.now());
	const treasurer = await as('treasurer');
	await treasurer.post(`/cua-toi/quy/${world.fund.code}/ghi-thu?_action=fundWork.recordStatement`, {
		...{ id, fundId: world.fund.id, kind: 'gift', account: 'cash', happenedOn: today, amount: '21.000.015' },
		...{ words: 'Bà con khối 6 ủng hộ', privateNote: 'Ông Thụ', purpose: '', photoMissingReason: 'Không có' },
	});
	const approver = await as('approver');
	const slip = `/cua-toi/quy/phieu/${id}`;
	await approver.post(`${slip}?_action=fundWork.confirmStatement`, { id });
	const entry = await lastEntry();
	// After posting, and on the entry's own page, the way to the paper.
	expect((await read('treasurer', slip)).html).toContain(slipOf(entry.id));
	expect((await read('treasurer', `/quy/but-toan/${entry.id}`)).html).toContain(slipOf(entry.id));
	for (const who of ['treasurer', 'approver', 'auditor'] as const) {
		const { status, html } = await read(who, slipOf(entry.id));
		expect([who, status]).toEqual([who, 200]);
		for (const says of [
			...['Phiếu thu', 'Theo mẫu 01-TT', `PT-${today.slice(0, 4)}/0002`, 'Bà con khối 6 ủng hộ'],
			...['Hai mươi mốt triệu không trăm mười lăm đồng', 'Họ và tên người nộp tiền', 'Thủ quỹ'],
			...['Nợ: Tiền mặt. Có: Tặng quỹ.', 'Liên 1', 'Liên 2'],
		])
			expect([says, html.includes(says)]).toEqual([says, true]);
		expect(html).not.toContain('Ông Thụ');
		expect(html).not.toMatch(/Người \d/);
		expect(html).not.toContain('sample-mark');
	}
	const english = await read('treasurer', `/en${slipOf(entry.id)}`);
	expect(english.html).toContain('Twenty-one million and fifteen đồng');
});

test('a payment’s voucher is of the other form, and its request leads to it', async () => {
	const treasurer = await as('treasurer');
	const request = `/cua-toi/chi/${world.approvedId}`;
	const entryId = uuidv7(Date.now());
	await treasurer.post(`${request}?_action=fund.payDisbursement`, {
		...{ id: world.approvedId, disbursementId: world.approvedId, entryId, paidOn: today },
	});
	const entry = await lastEntry();
	expect(entry.kind).toBe('payment');
	expect((await read('treasurer', request)).html).toContain(slipOf(entry.id));
	const { html } = await read('auditor', slipOf(entry.id));
	for (const says of ['Phiếu chi', 'Theo mẫu 02-TT', `PC-${today.slice(0, 4)}/0001`, 'Một trăm nghìn đồng'])
		expect([says, html.includes(says)]).toEqual([says, true]);
	expect(html).toContain('Họ và tên người nhận tiền');
	expect(html).not.toContain('Giúp</');
});

test('where two approvers decided, each has a place to sign, with the day of the decision', async () => {
	const entry = await lastEntry();
	expect((await read('treasurer', slipOf(entry.id))).html).toContain('<b>Người duyệt</b>');
	const row = await world.db
		.selectFrom('disbursementApproval')
		.selectAll()
		.where('disbursementId', '=', world.approvedId)
		.executeTakeFirstOrThrow();
	const second = world.people['another fund’s approver'].actor;
	await world.db
		.insertInto('disbursementApproval')
		.values({ ...row, approverId: second.personId, approvedBy: second.grants[0]!.id })
		.execute();
	const { html } = await read('treasurer', slipOf(entry.id));
	for (const says of ['Người duyệt 1', 'Người duyệt 2']) expect(html.split(says)).toHaveLength(3);
	expect(html).not.toContain('<b>Người duyệt</b>');
	expect(html).toMatch(/duyệt \d\d\/\d\d\/\d{4}/);
	expect(html).not.toMatch(/Người \d/);
});

test('nobody else sees it, and the public page has no way there', async () => {
	const entry = (await listEntries(world.db, world.fund.id, { limit: 9 })).at(-1)!;
	const stranger = makeClient(world.baseUrl);
	const response = await stranger.send(slipOf(entry.id));
	expect([response.status, response.headers.get('location')]).toEqual([
		303,
		`/dang-nhap?tiep=${encodeURIComponent(slipOf(entry.id))}`,
	]);
	expect(await (await stranger.send(`/quy/but-toan/${entry.id}`)).text()).not.toContain('/phieu');
	for (const who of ['steward', 'another fund’s treasurer', 'ward officer', 'administrator'] as const)
		expect([who, (await read(who, slipOf(entry.id))).status]).toEqual([who, 404]);
	expect((await read('treasurer', slipOf(uuidv7(0)))).status).toBe(404);
	expect((await read('treasurer', slipOf("x' or 1=1"))).status).toBe(404);
});

test('the page of a voucher has no fault, in either language and colour scheme, and fits a small phone', async () => {
	const browser = await launchBrowser();
	try {
		const context = await browser.newContext({ baseURL: world.baseUrl, viewport: phone });
		const page = await context.newPage();
		await signInAs(page, world.baseUrl, world.people.treasurer);
		const entry = await lastEntry();
		for (const [prefix, colorScheme] of [
			['', 'light'],
			['/en', 'dark'],
		] as const) {
			await page.emulateMedia({ colorScheme });
			await page.goto(prefix + slipOf(entry.id));
			expect(await axeErrors(page)).toEqual([]);
			expect(await sticksOut(page, 320)).toEqual([]);
		}
		await page.emulateMedia({ media: 'print' });
		expect(await page.locator('.eaves, footer, .acts').locator('visible=true').count()).toBe(0);
		// Both copies stand on one page.
		const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
		expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
	} finally {
		await browser.close();
	}
});

test('a reversed receipt says that it no longer stands, and the reversal has no voucher', async () => {
	const now = Date.now();
	const id = uuidv7(now);
	const recordedBy = world.people.treasurer.actor.grants[0]!.id;
	const gift = {
		...{ id, fundId: world.fund.id, kind: 'gift' as const, happenedOn: today, bookedOn: today, recordedBy },
		source: { kind: 'statement' as const, id, content: { statement: id } },
		postings: [{ debit: 'cash' as const, credit: 'gift' as const, amountVnd: 5_000 }],
		text: { kind: 'statement' as const, words: 'Ghi nhầm' },
	};
	await inTransaction(world.db, (trx) => postEntry(trx, gift, now));
	const reversalId = uuidv7(now);
	const reversal = { id: reversalId, entryId: id, recordedBy, reason: 'Ghi nhầm' };
	await inTransaction(world.db, (trx) => reverseEntry(trx, reversal, now));
	expect((await findEntry(world.db, id))!.reversedById).toBe(reversalId);
	expect((await read('treasurer', slipOf(id))).html).toContain('KHÔNG CÒN GIÁ TRỊ');
	expect((await read('treasurer', slipOf(reversalId))).status).toBe(404);
});
