// The edge of the portal: languages, headers, origins, sign-in, sizes; asked of the built server.
import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, makeClient } from '../support/http.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl, people } = await startSamplePortal();
const get = (path: string, init?: RequestInit) => fetch(baseUrl + path, { redirect: 'manual', ...init });
const today = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

describe('languages', () => {
	test.each([
		'/fr',
		'/vi',
		'/EN',
		'/En/quy',
		'/vi/quy',
		'/fr/ghi-nhan',
		'/en/fr',
		'/en/en/quy',
		'/fr/en/quy',
	])('%s is a page that says it is none', async (path) => {
		const response = await get(path);
		expect(response.status).toBe(404);
		const html = await response.text();
		const isEnglish = path.startsWith('/en/');
		expect(html).toContain(`<html lang="${isEnglish ? 'en' : 'vi'}"`);
		expect(html).toContain(isEnglish ? 'To the map' : 'Về bản đồ');
		expect(html).toContain('<nav');
	});

	test.each(['/', '/ghi-nhan', '/chu-nhat-xanh', '/quy', '/cua-toi', '/dang-nhap', '/ngoi-nha-xanh/MAU-001'])(
		'%s is there in Vietnamese and in English, and each knows the other',
		async (path) => {
			const english = path === '/' ? '/en' : `/en${path}`;
			for (const [address, lang] of [
				[path, 'vi'],
				[english, 'en'],
			] as const) {
				const response = await get(address);
				expect(response.status).toBe(200);
				const html = await response.text();
				expect(html).toContain(`<html lang="${lang}"`);
				expect(html).toContain(`hreflang="en" href="${baseUrl}${english}"`);
				expect(html).toContain(`hreflang="vi" href="${baseUrl}${path}"`);
			}
		},
	);
});

describe('headers', () => {
	const SECURITY = {
		'x-content-type-options': 'nosniff',
		'x-frame-options': 'DENY',
		'referrer-policy': 'strict-origin-when-cross-origin',
		'cross-origin-opener-policy': 'same-origin',
	};

	test.each([
		['a page', '/', 200],
		['an English page', '/en/quy', 200],
		['a page that is none', '/khong-co', 404],
		['a house that is none', '/ngoi-nha-xanh/MAU-999', 404],
		['a photo that is none', '/anh/x', 404],
		['a redirect', '/n/MAU-001', 302],
		['an answer of the API', '/api/v1/funds', 200],
		['a refusal of the API', '/api/v1/funds/X/entries', 404],
		['a health check', '/healthz', 200],
	])('%s (%s) is guarded and kept from search engines', async (_name, path, status) => {
		const response = await get(path);
		expect(response.status).toBe(status);
		expect(Object.fromEntries(response.headers)).toMatchObject(SECURITY);
		// Samples are shown.
		expect(response.headers.get('x-robots-tag')).toBe('noindex');
		const policy = response.headers.get('content-security-policy') ?? '';
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain('unsafe-');
		if (!response.headers.get('content-type')?.startsWith('text/html')) return;
		expect(policy).toContain("default-src 'self'");
		expect(await response.text()).toContain('<meta name="robots" content="noindex">');
	});

	test('files of the build are kept for ever, others are asked for again; none is sniffed', async () => {
		const html = await (await get('/')).text();
		const built = [...html.matchAll(/(?:href|src)="(\/_astro\/[^"]+)"/g)].map(([, path]) => path!);
		expect(built.length).toBeGreaterThan(2);
		for (const path of ['/favicon.svg', ...built]) {
			const response = await get(path);
			expect([path, response.status]).toEqual([path, 200]);
			expect(response.headers.get('x-content-type-options')).toBe('nosniff');
			const isKept = response.headers.get('cache-control')?.includes('immutable') ?? false;
			expect(isKept).toBe(path !== '/favicon.svg');
			await response.arrayBuffer();
		}
	});
});

test.each(['/n/MAU-001', '/n/mau-001', '/n/Mau-001'])('%s leads to the house', async (path) => {
	const response = await get(path);
	// A sample may go, so the answer is not kept.
	expect(response.status).toBe(302);
	expect(response.headers.get('location')).toBe('/ngoi-nha-xanh/MAU-001');
});

describe('forms', () => {
	const fields = () => ({
		...{ id: uuidv7(Date.now()), house: 'MAU-021', date: today(), channel: 'web' },
		...{ 'material-0': 'mixed_paper', 'unit-0': 'kg', quantity: '2' },
	});
	const RECORD = '/ghi-nhan?_action=dropOffs.record';

	test.each([
		['a foreign Origin', { origin: 'https://evil.example' }],
		['the Origin “null”', { origin: 'null' }],
		['an Origin with our name in it', { origin: `${baseUrl}.evil.example` }],
		['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
	])('with %s are refused in the reader’s language and write nothing', async (_name, headers) => {
		const client = makeClient(baseUrl);
		await client.send('/ghi-nhan?diem=MAU-021');
		const form = fields();
		const response = await client.post(RECORD, form, headers);
		expect(response.status).toBe(403);
		const html = await response.text();
		expect(html).toContain('<nav');
		expect(alertOf(html)).toBe('Yêu cầu này đến từ một trang khác nên không được nhận.');
		const english = await client.post(`/en${RECORD}`, form, headers);
		expect(alertOf(await english.text())).toContain('another site');
		expect(await (await client.send('/cua-toi')).text()).not.toContain(form.id);
		// The same from our own page is taken.
		for (const _retry of [1, 2])
			expect((await client.post(RECORD, form, { origin: baseUrl })).status).toBe(303);
		expect(await (await client.send('/cua-toi')).text()).toContain(form.id);
	});

	test.each<[name: string, over: Record<string, string>, status: number, sentence: string]>([
		['“1.500”', { quantity: '1.500' }, 422, '1,5 kg'],
		['“1.500 kg”', { quantity: '1.500 kg' }, 422, '1,5 kg'],
		['“-2”', { quantity: '-2' }, 422, 'lớn hơn 0'],
		['“1,5” pieces', { quantity: '1,5', 'unit-0': 'piece' }, 422, 'số nguyên'],
		['tomorrow', { date: '2999-01-01' }, 422, 'chưa tới'],
		['a day that is none', { date: '30/02/2026' }, 422, 'không đọc được'],
		['a closed house', { house: 'MAU-066' }, 422, 'đã đóng'],
		['SQL for a house', { house: "MAU-021' or '1'='1" }, 422, 'Không có Ngôi nhà xanh'],
		['HTML for a house', { house: '<script>alert(1)</script>' }, 422, 'Không có Ngôi nhà xanh'],
		['HTML for a quantity', { quantity: '"><script>alert(1)</script>' }, 422, 'phải là một con số'],
		['a material not taken here', { 'material-0': 'glass' }, 422, 'không nhận'],
		['another unit', { 'unit-0': 'ton' }, 400, 'không đọc được'],
		['an id that is none', { id: '1' }, 400, 'không đọc được'],
		['the last instant there is', { madeAt: '8640000000000000' }, 400, 'không đọc được'],
		['a NUL', { house: 'MAU-\0' }, 400, 'không đọc được'],
	])(
		'with %s are refused with a sentence, shown as typed, and write nothing',
		async (_name, over, status, sentence) => {
			const client = makeClient(baseUrl);
			await client.send('/ghi-nhan?diem=MAU-021');
			const form = { ...fields(), ...over };
			const response = await client.post(RECORD, form);
			expect(response.status).toBe(status);
			const html = await response.text();
			expect(alertOf(html)).toContain(sentence);
			// Within a quoted attribute only the quote could end it.
			expect(html).not.toMatch(/(?<!&quot;)[">]\s*<script>alert/);
			expect(await (await client.send('/cua-toi')).text()).not.toContain(`value="${form.id}"`);
		},
	);

	const post = (body: BodyInit, type: string, path = RECORD) =>
		fetch(baseUrl + path, {
			method: 'POST',
			headers: { 'content-type': type },
			body,
			duplex: 'half',
		} as RequestInit);
	const URLENCODED = 'application/x-www-form-urlencoded';
	const big = 'x'.repeat(10 * 1024 * 1024 + 1);
	test.each<[name: string, status: number, body: () => BodyInit, type: string, path?: string]>([
		['more than 10 MB', 413, () => big, URLENCODED],
		['more than 10 MB in pieces', 413, () => new Blob([big]).stream(), URLENCODED],
		['more than 10 MB to a page without a form', 413, () => big, URLENCODED, '/'],
		['a quantity of ten thousand blanks', 413, () => `quantity=1${'+'.repeat(10_000)}x`, URLENCODED],
		['more fields than any form has', 413, () => 'quantity=&'.repeat(4001), URLENCODED],
		['JSON', 415, () => '{"id":"x"}', 'application/json'],
		['JSON that is none', 415, () => '{', 'application/json'],
		['plain text', 415, () => 'id=x', 'text/plain'],
		['parts without their border', 415, () => 'x', 'multipart/form-data; boundary=b'],
	])('with %s are refused with %i and a page', async (_name, status, body, type, path) => {
		const response = await post(body(), type, path);
		expect(response.status).toBe(status);
		const html = await response.text();
		expect(html).toContain('<nav');
		expect(alertOf(html)).toMatch(/^\p{Lu}.*\.$/u);
	});
});

describe('sign-in', () => {
	const steward = people['steward']!;
	const signIn = (fields: Record<string, string>, prefix = '') =>
		makeClient(baseUrl).post(`${prefix}/dang-nhap?_action=accounts.signIn`, fields);

	test('an unknown number, no number and a wrong password get one answer', async () => {
		const answers = new Set<string>();
		for (const name of ['0987654321', 'abc', '', 'nobody@example.vn', steward.phone]) {
			const response = await signIn({ name, password: 'một mật khẩu sai nhưng đủ dài' });
			const html = await response.text();
			expect(response.headers.getSetCookie().filter((cookie) => cookie.startsWith('phien='))).toEqual([]);
			expect(html).not.toContain('một mật khẩu sai');
			// Only the number that was typed differs.
			answers.add(`${response.status} ${html.replace(`value="${name}"`, 'value').replace(' value ', ' ')}`);
			expect(alertOf(html)).toBe('Số điện thoại (hoặc thư điện tử) hay mật khẩu không đúng.');
		}
		expect(answers.size).toBe(1);
		const english = await signIn({ name: 'abc', password: 'x' }, '/en');
		expect(english.status).toBe(401);
		expect(alertOf(await english.text())).toBe('The phone number (or e-mail) or the password is wrong.');
	});

	test.each([
		['', '/cua-toi'],
		['/quy', '/quy'],
		['https://evil.example/', '/cua-toi'],
		['//evil.example', '/cua-toi'],
		['/\\evil.example', '/cua-toi'],
		['/\t/evil.example', '/cua-toi'],
		['javascript:alert(1)', '/cua-toi'],
	])('goes on to “%s” only within the portal', async (next, location) => {
		const response = await signIn({ name: steward.phone, password: steward.password, next });
		expect(response.status).toBe(303);
		expect(response.headers.get('location')).toBe(location);
		const cookie = response.headers.getSetCookie().find((each) => each.startsWith('phien='));
		expect(cookie).toMatch(/HttpOnly/);
		expect(cookie).toMatch(/SameSite=Lax/);
	});
});
