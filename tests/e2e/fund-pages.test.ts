// Every row of every fund is reached from /quy by its links alone.
import { expect, test } from 'vitest';
import { linksIn } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const read = async (path: string) => (await fetch(baseUrl + path)).text();

test.each(['', '/en'])('%s/quy leads to every entry, page by page', async (prefix) => {
	const { funds } = (await (await fetch(`${baseUrl}/api/v1/funds`)).json()) as {
		funds: { entry_count: number }[];
	};
	const expected = funds.reduce((sum, fund) => sum + fund.entry_count, 0);
	const seen: string[] = [];
	let path: string | undefined = `${prefix}/quy`;
	while (path !== undefined) {
		const html = await read(path);
		const rows = linksIn(html, `${prefix}/quy/but-toan/`);
		expect(rows.length).toBeGreaterThan(0);
		seen.push(...rows);
		// From the second page on there is a way back to the newest.
		expect(html.includes(`href="${prefix}/quy#so"`)).toBe(path.includes('truoc='));
		path = linksIn(html, `${prefix}/quy?truoc=`)[0];
	}
	expect(new Set(seen).size).toBe(seen.length);
	expect(seen.length).toBe(expected);
});

test.each(['khong-co', '12', '', "' or 1=1 --", '019a0000-0000-7000-8000-000000000000'])(
	'a key that is none (%s) leads back to the newest rows',
	async (key) => {
		const response = await fetch(`${baseUrl}/quy?truoc=${encodeURIComponent(key)}`, { redirect: 'manual' });
		expect([response.status, response.headers.get('location')]).toEqual([302, '/quy']);
	},
);

/** The amount that a text says, in đồng. */
const amountIn = (text: string) => Number(text.replaceAll(/[^\d−]/g, '').replace('−', '-'));
const unescape = (text: string) => text.replaceAll('&nbsp;', ' ').replaceAll('\u00a0', ' ');
const sumsIn = (html: string) => {
	const [, count, into, out] = /<h2>([\d.]+) khoản: thu (.+?) ₫, chi (.+?) ₫<\/h2>/.exec(unescape(html))!;
	return { count: amountIn(count!), in: amountIn(into!), out: amountIn(out!) };
};

test('/quy/so leads to every entry of every fund, page by page, filtered or not', async () => {
	const walk = async (query: string) => {
		const seen: string[] = [];
		let path: string | undefined = `/quy/so${query}`;
		while (path !== undefined) {
			const html = await read(path);
			seen.push(...linksIn(html, '/quy/but-toan/'));
			path = linksIn(html, '/quy/so?').find((each) => each.includes('truoc='));
		}
		expect(new Set(seen).size).toBe(seen.length);
		return seen;
	};
	const all = await walk('');
	const payments = await walk('?loai=payment');
	expect(payments.length).toBe(sumsIn(await read('/quy/so?loai=payment')).count);
	const kinds = await Promise.all(
		['scrap_sale', 'gift', 'opening_balance', 'reversal', 'transfer_in', 'transfer_out', 'bank_move'].map(
			(kind) => walk(`?loai=${kind}`),
		),
	);
	const differences = await walk('?loai=cash_difference');
	expect([...kinds.flat(), ...payments, ...differences].sort()).toEqual([...all].sort());
});

test.each(['/quy', '/quy/MAU-KL'])(
	'each figure of the charts of %s opens the rows that make it',
	async (path) => {
		const html = unescape(await read(path));
		const months = [...html.matchAll(/<td class="n"> ?<a href="([^"]+loai=(in|out)[^"]*)#so">([^<]+)<\/a>/g)];
		expect(months.length).toBeGreaterThan(6);
		for (const [, address, side, figure] of months.slice(-6)) {
			const sums = sumsIn(await read(address!.replaceAll('&amp;', '&').replaceAll('&#38;', '&')));
			expect(sums[side as 'in' | 'out']).toBe(amountIn(figure!));
			expect(sums[side === 'in' ? 'out' : 'in']).toBe(0);
		}
		const accounts = [...html.matchAll(/<a href="([^"]+muc=[^"]*)#so">([^<]+)<\/a>/g)];
		expect(accounts.length).toBeGreaterThan(5);
		for (const [, address, figure] of accounts) {
			const rows = unescape(await read(address!.replaceAll('&amp;', '&').replaceAll('&#38;', '&')));
			expect(amountIn(/<b>\s*Riêng [^:]+: ([^<]+)<\/b>/.exec(rows)![1]!)).toBe(amountIn(figure!));
		}
	},
);

test('a fund’s own order has the balance after each row, a filtered list says why it has none', async () => {
	const whole = unescape(await read('/quy/MAU-KL'));
	expect(whole.match(/ · còn [\d.]+ ₫/g)?.length).toBe(linksIn(whole, '/quy/but-toan/').length);
	const sifted = await read('/quy/MAU-KL?loai=payment');
	expect(sifted).not.toMatch(/ · còn [\d.]+/);
	expect(sifted).toContain('Đang lọc nên không ghi số dư');
});

test.each([
	['/quy/so?quy=XX', 'Không có quỹ nào mang mã “XX”'],
	['/quy/so?nha=%3Cb%3E', 'Không có nhà nào mang mã “&lt;b&gt;”'],
	['/quy/MAU-KL?nha=NNX-999', 'Không có nhà nào mang mã “NNX-999”'],
	['/quy/MAU-KL?phuong=%25', 'Không có phường, xã nào mang mã “%”'],
	['/quy/so?tu=2026-13', '“2026-13” không phải một tháng'],
	['/quy/so?tu=2026-05&den=2026-04', '“2026-04” không phải một tháng, hoặc đứng trước tháng đầu'],
	['/quy/so?loai=theft', 'Không có loại khoản nào tên “theft”'],
	['/quy/so?muc=cash', 'Không có nguồn thu hay việc chi nào tên “cash”'],
])('%s is answered with 400 and a sentence beside the field', async (path, sentence) => {
	const response = await fetch(baseUrl + path);
	expect(response.status).toBe(400);
	const html = await response.text();
	expect(html).toContain(sentence);
	expect(html).toContain('aria-invalid="true"');
	expect(linksIn(html, '/quy/but-toan/')).toEqual([]);
});

test('a fund’s page leads to every file of its book', async () => {
	const html = await read('/quy/MAU-KL');
	const files = linksIn(html, '/api/v1/funds/MAU-KL/');
	expect(files.length).toBeGreaterThanOrEqual(4);
	for (const file of files) expect([file, (await fetch(baseUrl + file)).status]).toEqual([file, 200]);
});

test.each(['', '/en'])('figures on other pages of %s/ open their rows', async (prefix) => {
	// The home page: what all funds hold. A house: what its goods earned. A row: the book up to it.
	const home = await read(prefix === '' ? '/' : prefix);
	expect(linksIn(home, `${prefix}/quy/so`)).toHaveLength(1);
	const house = await read(`${prefix}/ngoi-nha-xanh/MAU-018`);
	const [rows] = linksIn(house, `${prefix}/quy/so?nha=MAU-018`);
	expect(linksIn(await read(rows!), `${prefix}/quy/but-toan/`).length).toBeGreaterThan(0);
	const [weighed] = linksIn(house, `${prefix}/hanh-trinh/phieu-ban/`);
	expect((await fetch(baseUrl + weighed!)).status).toBe(200);
	const [entry] = linksIn(await read(`${prefix}/quy/MAU-KL`), `${prefix}/quy/but-toan/`);
	const [upTo] = linksIn(await read(entry!), `${prefix}/quy/MAU-KL?truoc=`);
	expect(linksIn(await read(upTo!), `${prefix}/quy/but-toan/`)[0]).toBe(entry);
});

test.each(['', '/en'])(
	'figures of events and houses of %s/ open the rows they are made of',
	async (prefix) => {
		const [, past = ''] = (await read(`${prefix}/chu-nhat-xanh`)).split('id="da-qua"');
		let reported = 0;
		for (const address of linksIn(past, `${prefix}/chu-nhat-xanh/`)) {
			const event = unescape(await read(address));
			const figures = [...event.matchAll(/<dd>\s*<a class="quiet" href="#bao-cao">\s*([^<]+?)\s*<\/a>/g)];
			if (figures.length === 0) continue;
			reported += 1;
			expect(figures).toHaveLength(3);
			const [, first = ''] = /id="bao-cao">[\s\S]*?<li class="row">([\s\S]*?)<\/li>/.exec(event)!;
			for (const [, figure] of figures)
				if (/\d/.test(figure!)) expect([address, first]).toEqual([address, expect.stringContaining(figure!)]);
		}
		expect(reported).toBeGreaterThan(0);
		const house = await read(`${prefix}/ngoi-nha-xanh/MAU-018`);
		const anchors = [...house.matchAll(/href="#(luot-[^"]+)"/g)].map(([, id]) => id!);
		expect(anchors.length).toBeGreaterThan(0);
		for (const id of new Set(anchors)) expect(house).toContain(`<details id="${id}"`);
		// Every number of the cycles' tables leads somewhere.
		for (const [table] of house.matchAll(/<table>(?:(?!<\/table>)[\s\S])*?<tfoot>[\s\S]*?<\/table>/g))
			for (const [, cell] of table.matchAll(/<td class="n">([\s\S]*?)<\/td>/g))
				if (/\d/.test(cell!)) expect(cell).toContain('<a class="quiet');
		for (const address of linksIn(house, `${prefix}/hanh-trinh/`))
			expect([address, (await fetch(baseUrl + address)).status]).toEqual([address, 200]);
	},
);
