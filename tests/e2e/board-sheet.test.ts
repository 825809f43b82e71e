// From the printed sheet back to the book: the code on paper opens a page that proves that today's book goes on from
// the sheet, or says that it does not.
import QRCode from 'qrcode';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCheckpoint } from '#features/checkpoints/checkpoint.repository.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { monthsBefore } from '#features/fund/month-chart.ts';
import { inTransaction } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, wide } from '../support/browser.ts';
import { signInClient } from '../support/http.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { tamper } from '../support/tamper.ts';

const month = toLocalDate(Date.now()).slice(0, 7);
let world: ServedWorld;
let browser: Browser;
let address: string;
beforeAll(async () => {
	world = await startWorld();
	browser = await launchBrowser();
	address = `${world.baseUrl}/quy/${world.fund.code}/bang/${month}`;
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
	const page = await (await browser.newContext({ viewport: wide, ...options })).newPage();
	await page.goto(url);
	return page;
}

let given = 0;
async function give(): Promise<void> {
	const now = Date.now();
	const id = uuidv7(now);
	const day = toLocalDate(now);
	given += 1;
	const gift = {
		...{ id, fundId: world.fund.id, kind: 'gift' as const, happenedOn: day, bookedOn: day },
		recordedBy: world.people.treasurer.actor.grants[0]!.id,
		source: { kind: 'statement' as const, id, content: { statement: id } },
		postings: [{ debit: 'cash' as const, credit: 'gift' as const, amountVnd: given * 1000 }],
		text: { kind: 'statement' as const, words: `Bà con ủng hộ lần ${given}` },
	};
	await inTransaction(world.db, (trx) => postEntry(trx, gift, now));
}

/** Waits until the server has put the whole book into its tree. */
const signed = () =>
	expect
		.poll(
			async () => {
				const { length } = await world.db
					.selectFrom('journalEntry')
					.select((eb) => eb.fn.countAll<number>().as('length'))
					.where('fundId', '=', world.fund.id)
					.executeTakeFirstOrThrow();
				return (await findCheckpoint(world.db, world.fund.id))?.size === length;
			},
			{ timeout: 30_000, interval: 200 },
		)
		.toBe(true);

/** What the paper holds: the code to type, and where its QR code leads, read back from the drawn code. */
async function readPaper(page: Page) {
	const typed = (await page.textContent('[data-typed]'))!.trim();
	const root = await page.locator('.wit dd').nth(2).textContent();
	const code = root!.trim().replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
	const scanned = `${world.baseUrl}/quy/kiem-chung?quy=${world.fund.code}&ma=${typed.split('-')[0]}-${code}`;
	const drawn = await QRCode.toString(scanned, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
	const paths = (svg: string) => [...svg.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path);
	expect(paths(await page.locator('.wit .qr').innerHTML())).toEqual(paths(drawn));
	return { typed, scanned };
}

test('a sheet has every row, its balance in words, room for names by pen, and no button without JavaScript', async () => {
	await give();
	await signed();
	for (const javaScriptEnabled of [true, false]) {
		const page = await open(address, { javaScriptEnabled });
		expect(await page.locator('.sheet-rows tbody tr').count()).toBe(3);
		expect(await page.locator('.sheet-rows tbody tr').nth(1).innerText()).toMatch(
			/PT-\d{4}\/0002\s+Bà con ủng hộ lần 1\s+1\.000\s+1\.001\.000/,
		);
		const text = await page.locator('.a4').innerText();
		expect(text).toContain('CHƯA KHOÁ SỔ');
		expect(text).toContain('Bằng chữ: Một triệu không trăm linh một nghìn đồng.');
		expect(text).toContain('Thủ quỹ');
		expect(await page.locator('.sample-mark').count()).toBe(0);
		expect(await page.locator('[data-print-page]').isVisible()).toBe(javaScriptEnabled);
		if (!javaScriptEnabled) expect(await page.textContent('main')).toContain('chọn In, giấy A4');
		const { typed } = await readPaper(page);
		await page.emulateMedia({ media: 'print' });
		expect(await page.locator('.eaves, footer, .acts').locator('visible=true').count()).toBe(0);
		expect(await page.locator('[data-foot]').evaluate((foot) => getComputedStyle(foot).position)).toBe(
			'fixed',
		);
		expect(await page.textContent('[data-foot]')).toContain(typed);
		await page.context().close();
	}
});

test('a longer sheet keeps its last rows, the balance and the signatures on one page, with room to sign', async () => {
	for (let count = 0; count < 11; count += 1) await give();
	await signed();
	const page = await open(address);
	await page.emulateMedia({ media: 'print' });
	const style = (selector: string) =>
		page.locator(selector).evaluateAll((all) =>
			all.map((each) => {
				const { breakInside, breakBefore, breakAfter } = getComputedStyle(each);
				return [breakInside, breakBefore, breakAfter].join(' ');
			}),
		);
	expect(await style('.sheet-rows tbody')).toEqual(['auto auto auto', 'avoid auto avoid']);
	expect(await style('.sheet-end')).toEqual(['avoid avoid auto']);
	expect(await page.locator('.sheet-rows tbody').last().locator('tr').count()).toBe(5);
	expect(await page.locator('.sheet-end .sign').count()).toBe(1);
	const paddings = await page
		.locator('.sheet-end .sign li')
		.evaluateAll((all) => all.map((each) => parseFloat(getComputedStyle(each).paddingBottom)));
	for (const px of paddings) expect((px / 96) * 25.4).toBeGreaterThanOrEqual(25);
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(2);
	await page.context().close();
});

test('months that have no sheet say so', async () => {
	for (const [at, status, says] of [
		[monthsBefore(month, -1), 404, 'chưa đến'],
		[monthsBefore(month, 1), 404, 'bắt đầu từ tháng'],
		['2026-13', 404, 'Không có trang'],
		['x', 404, 'Không có trang'],
	] as const) {
		const response = await fetch(address.replace(month, at));
		expect([at, response.status]).toEqual([at, status]);
		const html = await response.text();
		expect([at, html.includes(says)]).toEqual([at, true]);
		expect([at, html.includes('class="a4"')]).toEqual([at, false]);
	}
	expect((await fetch(`${world.baseUrl}/quy/KHONG/bang/${month}`)).status).toBe(404);
	expect((await fetch(address.replace(world.fund.code, world.fund.code.toLowerCase()))).url).toBe(address);
});

test('a sheet is not printed before its last row is in the tree, and says when it will be', async () => {
	// While another writer holds the database, the server signs nothing; it may have been quicker, then once more.
	await expect
		.poll(
			async () => {
				await give();
				const answer = await inTransaction(world.db, async () => fetch(address));
				if (answer.status === 200) return 'covered';
				expect(answer.status).toBe(409);
				const html = await answer.text();
				expect(html).not.toContain('class="a4"');
				expect(html).not.toContain('data-print-page');
				return /chưa vào điểm kiểm.*tải lại trang/s.test(html) ? 'refused' : html;
			},
			{ timeout: 30_000 },
		)
		.toBe('refused');
	await signed();
	expect((await fetch(address)).status).toBe(200);
});

test('an old sheet proves the book that has grown since, and finds the book that was changed', async () => {
	const paper = await open(address);
	const { typed, scanned } = await readPaper(paper);
	await give();
	await give();
	await signed();
	const ways = [
		() => open(scanned),
		() => open(scanned, { javaScriptEnabled: false }),
		async () => {
			const page = await open(`${world.baseUrl}/quy/kiem-chung?quy=${world.fund.code}`);
			await page.fill('[name=ma]', typed.toLowerCase().replaceAll('-', ' '));
			await page.click('form .btn');
			await page.waitForURL(/ma=/);
			return page;
		},
	];
	for (const way of ways) {
		const page = await way();
		const said = page.locator('[role=status].good');
		await said.waitFor();
		expect(await said.textContent()).toContain(`${typed.split('-')[0]} bút toán đầu đúng như lúc in tờ giấy`);
		await page.context().close();
	}

	await tamper(
		world.db,
		'journal_entry',
		`update journal_entry set canonical = replace(canonical, '"amountVnd":1000000', '"amountVnd":900000') where sequence = 1`,
	);
	for (const way of ways) {
		const page = await way();
		const said = page.locator('section [role=alert]');
		await said.waitFor();
		expect(await said.textContent()).toContain('KHÔNG KHỚP');
		await page.context().close();
	}
	const answer = await fetch(address);
	expect(answer.status).toBe(409);
	const html = await answer.text();
	expect(html).toContain('sổ không còn khớp với điểm kiểm đã ký');
	expect(html).not.toContain('class="a4"');
	await paper.context().close();
});

describe('of the sample fund', async () => {
	const { baseUrl, people } = await startSamplePortal();

	test('a sheet is marked as a sample, and is reached from the fund, the closing of months and the check', async () => {
		const treasurer = await signInClient(baseUrl, people['treasurer']!);
		const links: string[] = [];
		for (const path of ['/quy/MAU-DK', '/cua-toi/quy/MAU-DK/khoa-so', '/quy/kiem-chung?quy=MAU-DK']) {
			const html = await (await treasurer.send(path)).text();
			const [, link] = /href="(\/quy\/MAU-DK\/bang\/\d{4}-\d\d)"/.exec(html) ?? [];
			expect([path, link]).toEqual([path, expect.any(String)]);
			links.push(link!);
		}
		for (const link of links) {
			const html = await (await fetch(baseUrl + link)).text();
			expect(html).toContain('MẪU');
			expect(html).toContain('class="sample-mark"');
		}
		expect(await (await fetch(baseUrl + links[1]!)).text()).toContain('Đã khoá sổ tháng');
		const english = await (await fetch(`${baseUrl}/en${links[1]}`)).text();
		expect(english).toContain('The book is closed for');
		expect(english).toContain(`${baseUrl}/en/quy/kiem-chung`.replace('http://', ''));
	});
});
