// Every row of every fund is reached from /quy by its links alone.
import { expect, inject, test } from 'vitest';
import { linksIn } from '../support/pages.ts';

const baseUrl = inject('baseUrl');
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
