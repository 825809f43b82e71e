// What anybody says of a house, asked of the built server: by the plain form, by the phone's queue, and without a network.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { uuidv7 } from '#lib/uuid.ts';
import errors from '#locales/vi/errors.json' with { type: 'json' };
import { launchBrowser, launchPhone, phone } from '../support/browser.ts';
import { alertOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
	await world.db.deleteFrom('rateLimit').execute();
});

const id = () => uuidv7(Date.now());
const STATE = '/bao-tin?_action=greenHouses.reportSeen';
const PROBLEM = '/bao-tin?_action=greenHouses.reportProblem';
const VOICE = '/bao-tin?_action=greenHouses.addVoice';
const states = () => world.db.selectFrom('houseStateReport').selectAll().execute();
const problems = () => world.db.selectFrom('problemReport').selectAll().orderBy('recordedAt').execute();
/** Counters of tries move also when a try is refused. */
const everything = () => digest(world.db, ['rate_limit']);
const inText = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the plain form', () => {
	const form = () => ({ form: 'state', id: id(), house: world.house.code, state: 'half' });

	test('takes how somebody found the house, once however often it is sent, and says who said it', async () => {
		const client = makeClient(world.baseUrl);
		const sent = form();
		const before = (await states()).length;
		for (const _time of [1, 2]) {
			const response = await client.post(STATE, sent);
			expect([response.status, response.headers.get('location')]).toEqual([
				...[303, `/bao-tin?diem=${world.house.code}&xong=tinh-trang`],
			]);
		}
		expect(await states()).toHaveLength(before + 1);
		const html = await (await client.send(`/ngoi-nha-xanh/${world.house.code}`)).text();
		expect(inText(html)).toContain('Còn nửa chỗ có người báo');
	});

	test.each<[string, string, Record<string, string>, number, string]>([
		['no state', STATE, { state: '' }, 422, errors.stateMissing],
		['damage as a state', STATE, { state: 'damaged' }, 422, 'Xin chọn nhà đang thế nào.'],
		['a house that is none', STATE, { house: 'NNX-999' }, 422, 'Không có Ngôi nhà xanh'],
		['no id', STATE, { id: 'x' }, 400, 'không đọc được'],
		['no kind', PROBLEM, { form: 'problem', kind: 'constructor' }, 422, errors.problemKindMissing],
		['a wrong pin without a word', PROBLEM, { form: 'problem', kind: 'wrong_pin' }, 422, 'Xin ghi nhà thật'],
		[
			...(['a text too long', PROBLEM] as const),
			...([{ form: 'problem', kind: 'damage', text: 'à'.repeat(501) }, 422, 'quá dài'] as const),
		],
		['a report that is none', VOICE, { problem: 'x' }, 404, 'Không có việc này.'],
	])('refuses %s in a sentence and writes nothing', async (_name, action, over, status, sentence) => {
		const before = await everything();
		const response = await makeClient(world.baseUrl).post(action, { ...form(), text: '', ...over });
		expect(response.status).toBe(status);
		expect(alertOf(await response.text())).toContain(sentence);
		expect(await everything()).toEqual(before);
	});

	test('keeps what was typed when it is refused, and marks the field', async () => {
		const text = 'à'.repeat(501);
		const fields = { form: 'problem', id: id(), house: world.house.code, kind: 'damage', text };
		const html = await (await makeClient(world.baseUrl).post(PROBLEM, fields)).text();
		expect(html).toContain(text);
		expect(html).toMatch(/<textarea[^>]*aria-invalid="true"/);
		expect(html).toContain('id="text-error"');
		expect(html).toContain(fields.id);
	});

	test('keeps what was typed, and its id, when the house is gone: choosing another one is enough', async () => {
		const client = makeClient(world.baseUrl);
		const fields = { form: 'problem', id: id(), house: 'NNX-999', kind: 'damage', text: 'Mái thủng hai chỗ' };
		const html = await (await client.post(PROBLEM, fields)).text();
		expect(alertOf(html)).toContain('Không có Ngôi nhà xanh');
		for (const kept of [fields.text, `value="${fields.id}"`, 'name="kind" value="damage"', 'name="house"'])
			expect(html).toContain(kept);
		expect(html.match(/role="alert"/g)).toHaveLength(1);
		expect((await client.post(PROBLEM, { ...fields, house: world.house.code })).status).toBe(303);
		expect((await problems()).map(({ text }) => text)).toContain(fields.text);
	});

	test('stops a browser that sends too many', async () => {
		const client = makeClient(world.baseUrl);
		const status = async () => (await client.post(STATE, { ...form(), house: 'NNX-999' })).status;
		for (let count = 0; count < 30; count += 1) expect(await status()).toBe(422);
		const before = await everything();
		expect(await status()).toBe(429);
		expect(await everything()).toEqual(before);
	});

	test('offers what is already reported before a second report is written', async () => {
		const [one, two] = [makeClient(world.baseUrl), makeClient(world.baseUrl)];
		const fields = { form: 'problem', house: world.house.code, kind: 'rubbish' };
		const words = 'Ba túi rác của nhà bên';
		expect((await one.post(PROBLEM, { ...fields, id: id(), text: words })).status).toBe(303);
		const [report] = (await problems()).filter(({ kind }) => kind === 'rubbish');
		const page = await (await two.send(`/bao-tin?diem=${world.house.code}&viec=rubbish`)).text();
		expect(page.indexOf('Tôi cũng thấy')).toBeGreaterThan(0);
		expect(page.indexOf(`value="${report!.id}"`)).toBeLessThan(page.indexOf('<textarea'));
		expect(inText(page)).toContain('1 người thấy');
		expect(page).not.toContain(words);
		for (const _time of [1, 2])
			expect((await two.post(VOICE, { problem: report!.id })).headers.get('location')).toBe(
				`/bao-tin?diem=${world.house.code}&xong=them`,
			);
		const house = await (await two.send(`/ngoi-nha-xanh/${world.house.code}`)).text();
		expect(house).not.toContain(words);
		expect(inText(await (await two.send(`/bao-tin?diem=${world.house.code}&viec=rubbish`)).text())).toContain(
			'2 người thấy',
		);
		const steward = await signInClient(world.baseUrl, world.people.steward);
		expect(await (await steward.send('/cua-toi')).text()).toContain('việc được báo');
		const work = `/cua-toi/nha/${world.house.code}/viec-bao`;
		expect(await (await steward.send(work)).text()).toContain(words);
		const close = (note: string) =>
			steward.post(`${work}?_action=greenHouses.closeProblem`, {
				...{ problem: report!.id, house: world.house.code, note },
			});
		const refused = await close('');
		expect([refused.status, alertOf(await refused.text())]).toEqual([422, 'Xin ghi đã xử lý ra sao.']);
		expect((await close('Đã dọn, nhắc nhà bên')).headers.get('location')).toBe(`${work}?xong=dong`);
		const after = await (await one.send(`/ngoi-nha-xanh/${world.house.code}`)).text();
		expect(after).toContain('Đã dọn, nhắc nhà bên');
	});
});

test('two who know nothing of each other call the steward, who sees it first thing', async () => {
	const steward = await signInClient(world.baseUrl, world.people.steward);
	const isCalled = async () =>
		(await (await steward.send('/cua-toi')).text()).includes('nhiều người báo đầy');
	const say = async (client: Client, state: string) => {
		const fields = { form: 'state', id: id(), house: world.house.code, state };
		expect((await client.post(STATE, fields)).status).toBe(303);
	};
	const [one, two] = [makeClient(world.baseUrl), makeClient(world.baseUrl)];
	await say(one, 'empty');
	await say(one, 'full');
	await say(one, 'full');
	expect(await isCalled()).toBe(false);
	await say(two, 'full');
	expect(await isCalled()).toBe(true);
	await say(two, 'empty');
	expect(await isCalled()).toBe(false);
});

describe('the phone’s queue', () => {
	const at = (shift = 0) => new Date(Date.now() + shift).toISOString();
	const item = (over: object = {}) => ({
		...{ id: id(), green_house_code: world.house.code, seen_at: at() },
		...over,
	});
	const send = async (address: string, list: string, items: unknown[], device = mintDeviceSecret()) => {
		const response = await fetch(`${world.baseUrl}/api/v1/${address}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ sent_at: at(), device, [list]: items }),
		});
		const body = (await response.json()) as {
			results?: { status: number; error?: { code: string; field?: string } }[];
		};
		return [response.status, body.results?.map(({ status, error }) => [status, error?.code, error?.field])];
	};

	test('brings states, each answered by itself, and each once', async () => {
		const device = mintDeviceSecret();
		const first = item({ state: 'full' });
		const before = (await states()).length;
		const items = [
			first,
			first,
			{ ...first, state: 'half' },
			item({ state: 'damaged' }),
			item({ state: 'half', green_house_code: 'NNX-999' }),
			item({ state: 'half', seen_at: at(86_400_000) }),
			item({ state: 'half', seen_at: at(-61 * 86_400_000) }),
			item({ state: 'half', seen_at: '2026-11-22T10:00:00' }),
			'nothing',
		];
		expect(await send('house-states', 'house_states', items, device)).toEqual([
			200,
			[
				[201, undefined, undefined],
				[200, undefined, undefined],
				[409, 'sameIdOtherContent', 'id'],
				[422, 'bodyMalformed', 'state'],
				[422, 'unknownHouse', 'green_house_code'],
				[422, 'dateInFuture', 'seen_at'],
				[422, 'dateTooOld', 'seen_at'],
				[422, 'instantInvalid', 'seen_at'],
				[422, 'bodyMalformed', undefined],
			],
		]);
		expect(await states()).toHaveLength(before + 1);
	});

	test('brings problems the same way', async () => {
		const device = mintDeviceSecret();
		const first = item({ kind: 'damage', text: 'Gãy khoá' });
		const before = (await problems()).length;
		const items = [
			first,
			first,
			item({ kind: 'wrong_pin' }),
			item({ kind: 'other' }),
			{ ...first, text: 'x' },
		];
		expect(await send('problem-reports', 'problem_reports', items, device)).toEqual([
			200,
			[
				[201, undefined, undefined],
				[200, undefined, undefined],
				[422, 'pinTextMissing', 'text'],
				[422, 'bodyMalformed', 'kind'],
				[409, 'sameIdOtherContent', 'id'],
			],
		]);
		expect(await problems()).toHaveLength(before + 1);
	});

	test.each([
		['house-states', 'house_states'],
		['problem-reports', 'problem_reports'],
	])('refuses an empty list at %s as a whole and writes nothing', async (address, list) => {
		const before = await everything();
		expect(await send(address, list, [])).toEqual([400, undefined]);
		expect(await everything()).toEqual(before);
	});
});

test('without a network both kinds wait on the phone, and arrive once', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	const context = await launchPhone(folder, {
		...{ baseURL: world.baseUrl, viewport: phone, isMobile: true, hasTouch: true },
	});
	try {
		const page = await context.newPage();
		await page.goto('/');
		// The last page of the shell: the forms before it are kept with their scripts.
		const kept = () =>
			page.evaluate(async () => (await (await caches.open('trang-1')).match('/chu-nhat-xanh')) !== undefined);
		await expect.poll(kept, { timeout: 30_000 }).toBe(true);
		const before = [(await states()).length, (await problems()).length];
		await context.setOffline(true);
		await page.goto(`/bao-tin?diem=${world.house.code}`);
		await expect.poll(() => page.locator('[data-houses]').inputValue()).toBe(world.house.code);
		await page.locator('[name=state][value=full]').click();
		await page.waitForURL('**/cho-gui');
		await page.goto(`/bao-tin?diem=${world.house.code}&viec=rubbish`);
		await page.fill('textarea', 'Rác ở cửa');
		await page.locator('form[data-report=problem] .btn').click();
		await page.waitForURL('**/cho-gui');
		await expect.poll(() => page.locator('[data-list] > li').count()).toBe(2);
		const list = await page.locator('[data-list]').innerText();
		expect(list).toMatch(/\d\d\/\d\d\/\d{4}, .*: Đầy/);
		expect(list).toContain('Rác sinh hoạt để ở nhà này: Rác ở cửa');
		await context.setOffline(false);
		await page.goto('/bao-tin');
		const now = async () => [(await states()).length, (await problems()).length];
		await expect.poll(now, { timeout: 30_000 }).toEqual([before[0]! + 1, before[1]! + 1]);
	} finally {
		await context.close();
		rmSync(folder, { recursive: true, force: true });
	}
});

test('the kept form asks for the house and for what happened, and keeps nothing before', async () => {
	const browser = await launchBrowser();
	try {
		const page = await browser.newPage({ baseURL: world.baseUrl, viewport: phone });
		const before = await everything();
		await page.goto('/bao-tin/khong-mang');
		await page.locator('[name=state][value=full]').click();
		const said = (form: string) => page.locator(`form[data-report=${form}] [data-alert]`).textContent();
		await expect.poll(() => said('house-state')).toBe(errors.houseMissing);
		await page.selectOption('[data-houses]', world.house.code);
		await page.locator('form[data-report=problem] .btn').click();
		await expect.poll(() => said('problem')).toBe(errors.problemKindMissing);
		expect(await page.evaluate(() => document.cookie)).not.toContain('cho-gui=');
		expect(await everything()).toEqual(before);
	} finally {
		await browser.close();
	}
});

test('with a network a script sends the same form, and the page thanks', async () => {
	const browser = await launchBrowser();
	try {
		const page = await browser.newPage({ baseURL: world.baseUrl, viewport: phone });
		await page.goto(`/bao-tin?diem=${world.house.code}`);
		const before = (await states()).length;
		await page.locator('[name=state][value=locked]').click();
		await page.waitForURL('**/bao-tin?*xong=tinh-trang');
		expect(await states()).toHaveLength(before + 1);
		await page.goto(`/bao-tin?diem=${world.house.code}&viec=wrong_pin`);
		await page.locator('form[data-report=problem] .btn').click();
		const alert = page.locator('form[data-report=problem] [data-alert]');
		await expect.poll(() => alert.textContent()).toContain('Xin ghi nhà thật ra ở đâu');
		await page.fill('textarea', 'Cạnh nhà văn hoá');
		await page.locator('form[data-report=problem] .btn').click();
		await page.waitForURL('**/bao-tin?*xong=viec');
		expect((await problems()).at(-1)).toMatchObject({ kind: 'wrong_pin', text: 'Cạnh nhà văn hoá' });
		// What is to be corrected comes behind the #: no server's log has it.
		const typed = new URLSearchParams({ sua: 'x', text: 'Bẹp một góc & cong' });
		await page.goto(`/bao-tin?diem=${world.house.code}&viec=damage#${typed}`);
		await expect.poll(() => page.inputValue('textarea')).toBe('Bẹp một góc & cong');
	} finally {
		await browser.close();
	}
});

describe('a plate', () => {
	test('says the short address as a code and as text; a real house’s has no MẪU', async () => {
		const { code } = world.house;
		const html = await (await fetch(`${world.baseUrl}/ngoi-nha-xanh/${code}/bien`)).text();
		expect(inText(html).replaceAll(' ', '')).toContain(`${new URL(world.baseUrl).host}/n/${code}`);
		expect(html).toContain(`Mã QR mở trang của nhà ${code}`);
		expect(html).not.toContain('sample-mark');
		const all = await (await fetch(`${world.baseUrl}/ngoi-nha-xanh/bien`)).text();
		expect(all.split('class="plate"')).toHaveLength(4);
		const other = await fetch(`${world.baseUrl}/ngoi-nha-xanh/bien?phuong=kl-2025`);
		expect(await other.text()).toContain('Không có nhà nào ở phường này.');
		expect((await fetch(`${world.baseUrl}/ngoi-nha-xanh/NNX-999/bien`)).status).toBe(404);
	});

	test('grants nothing to whoever opens its code: no session, no role, no device', async () => {
		const { code } = world.house;
		const before = await everything();
		const client = makeClient(world.baseUrl);
		const opened = await client.send(`/n/${code}`);
		expect([opened.status, opened.headers.get('location')]).toEqual([301, `/ngoi-nha-xanh/${code}`]);
		const page = await client.send(`/ngoi-nha-xanh/${code}`);
		expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
		expect(await page.text()).not.toContain('/cua-toi/nha/');
		expect([...client.cookies]).toEqual([]);
		for (const own of ['', '/viec-bao', '/so-tay'])
			expect((await client.send(`/cua-toi/nha/${code}${own}`)).headers.get('location')).toMatch(
				/^\/dang-nhap\?tiep=/,
			);
		const act = await client.post(`/cua-toi/nha/${code}?_action=greenHouses.reportState`, {
			...{ state: 'full', greenHouseCode: code },
		});
		expect(act.status).toBe(401);
		expect(await everything()).toEqual(before);
	});
});
