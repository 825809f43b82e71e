// Text that would run, break out, or push a page apart, through every field that a person can fill. The pages
// that show it are opened without their content security policy: escaping alone must hold.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDb } from '#lib/db.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { linksIn, sticksOut } from '../support/pages.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { copySample, samplePeople } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const RUN = 'window.__ran=1';
const AS_TYPED = [
	`<script>${RUN}</script>`,
	`<img src=x onerror="${RUN}">`,
	`<svg onload=${RUN}>`,
	`' autofocus onfocus='${RUN}`,
	`javascript:${RUN}`,
	`</textarea></title></script><script>${RUN}</script>`,
	`<a href="javascript:${RUN}">xem</a>`,
	`{{constructor.constructor('${RUN}')()}}`,
	'$t(errors:unexpected) {{name}} {{title}} {{count}}',
	"Lan'; drop table cleanup_event; --",
	'Lan" or "1"="1" /*',
	'&lt;b&gt;Lan&lt;/b&gt; &amp;amp; %3Cb%3E',
	'<!-- Lan <style>body{display:none}</style>',
	`Lan${'W'.repeat(100)}`,
];
/** What is typed, and what is stored and shown of it. */
const TEXTS: [typed: string, shown: string][] = [
	['Tổng vệ sinh bờ suối'.normalize('NFD'), 'Tổng vệ sinh bờ suối'.normalize('NFC')],
	['Lan \u202egnud\u202c \u2066xong\u2069', 'Lan gnud xong'],
	['Lan\u0001\u0007 \u200bMai', 'Lan Mai'],
	...[...AS_TYPED, `"><img src=x onerror=${RUN}>`].map((text): [string, string] => [text, text]),
];
const TYPED = TEXTS.map(([typed]) => typed);
const SHOWN = TEXTS.map(([, shown]) => shown);

let browser: Browser;
let server: RunningServer;
const folder = mkdtempSync(path.join(tmpdir(), 'portal-hostile-'));
const databaseUrl = copySample(folder);
const pages = new Map<string, Page>();
/** Where each text went, in the order of the texts. */
const events: { own: string; open: string }[] = [];
const slips: string[] = [];
const calledOff: string[] = [];
let request = '';

/** A person's own page; `resident` has no account. */
async function pageOf(role: string): Promise<Page> {
	const known = pages.get(role);
	if (known) return known;
	const context = await browser.newContext({
		// Pages that are made up here come from no network, so nothing may stand between.
		serviceWorkers: 'block',
		baseURL: server.baseUrl,
		viewport: phone,
		bypassCSP: true,
	});
	const page = await context.newPage();
	page.on('dialog', (dialog) => void dialog.dismiss());
	await page.addInitScript(() => (window.alert = () => Object.assign(window, { __ran: 1 })));
	const person = samplePeople[role];
	if (person) await signInAs(page, server.baseUrl, person);
	pages.set(role, page);
	return page;
}

/** Opens a page, finds a form in it, and gives back what sends the form with other values, as often as wanted. */
async function formOf(role: string, from: string, action: string) {
	const page = await pageOf(role);
	await page.goto(from);
	const form = page.locator(`form[action*="${action}"]`).first();
	const [target, fields] = await form.evaluate((element: HTMLFormElement) => {
		const texts = [...new FormData(element)].filter(([, value]) => typeof value === 'string');
		return [element.action, Object.fromEntries(texts) as Record<string, string>] as const;
	});
	return async (values: Record<string, string>, expected = 303) => {
		const response = await page.request.post(target, {
			form: { ...fields, ...values },
			headers: { origin: server.baseUrl },
			maxRedirects: 0,
		});
		expect(response.status(), Object.keys(values).join()).toBe(expected);
		return { location: response.headers()['location'] ?? '', html: await response.text() };
	};
}

async function announceAndSignUp(): Promise<void> {
	const announce = await formOf('organiser', '/cua-toi/su-kien', 'announce');
	const organiser = await pageOf('organiser');
	for (const typed of TYPED) {
		const texts = { title: typed, assemblyPoint: typed, whatToBring: typed, description: typed };
		const own = (await announce({ id: randomUUID(), ...texts })).location.split('?')[0]!;
		await organiser.goto(own);
		events.push({ own, open: linksIn(await organiser.content(), '/chu-nhat-xanh/')[0]! });
		const signUp = await formOf('resident', events.at(-1)!.open, 'signUp');
		await signUp({ name: typed, isSixteen: '1' });
		await signUp({ id: randomUUID(), name: typed, kind: 'unit', headCount: '2' });
	}
	for (let from = 0; from < TYPED.length; from += 3) {
		const { location } = await announce({ id: randomUUID(), title: 'Huỷ', assemblyPoint: 'Nhà văn hoá' });
		const cancel = await formOf('organiser', `${location.split('?')[0]}/doi`, '.cancel');
		await cancel({ reason: TYPED.slice(from, from + 3).join(' ') });
		calledOff.push(location.split('?')[0]!);
	}
}

async function report(): Promise<void> {
	const organiser = await pageOf('organiser');
	await organiser.goto('/cua-toi/su-kien');
	const own = (await organiser.locator('.past a').first().getAttribute('href'))!;
	const send = await formOf('organiser', own, 'report');
	await send({ headCount: '3', remarks: TYPED.join('\n') });
	await organiser.goto(own);
	events.push({ own, open: linksIn(await organiser.content(), '/chu-nhat-xanh/')[0]! });
}

/** Each text is a sale that the treasurer gives back; the last one stands until it is reversed. */
async function sell(): Promise<void> {
	const house = '/cua-toi/nha/MAU-001';
	await (
		await formOf('steward', house, 'closeCycle')
	)({});
	const record = await formOf('steward', house, 'recordSale');
	for (const typed of TYPED) {
		const words = { dealer: typed, differenceReason: typed, photoMissingReason: typed };
		const values = { id: randomUUID(), 'weight-0': '2', 'price-0': '1000', cash: '2.500', ...words };
		slips.push((await record(values)).location);
		if (slips.length < TYPED.length)
			await (
				await formOf('treasurer', slips.at(-1)!, 'returnSale')
			)({ reason: typed });
	}
	await (
		await formOf('treasurer', slips.at(-1)!, 'confirmSale')
	)({ varianceSeen: '1', varianceReason: TYPED.slice(-4).join(' ') });
	await (
		await formOf('approver', slips.at(-1)!, 'reverseSale')
	)({ reason: TYPED.slice(-4).join(' ') });
}

async function ask(): Promise<void> {
	const send = await formOf('treasurer', '/cua-toi/chi', 'requestDisbursement');
	// An amount that no sample request has: those are round.
	await send({ amount: '20.017', count: '5', description: TYPED.join('\n') });
	const approver = await pageOf('approver');
	await approver.goto('/cua-toi/chi');
	request = (await approver.locator('.waits a', { hasText: '20.017' }).getAttribute('href'))!;
	await (
		await formOf('approver', request, 'returnDisbursement')
	)({ reason: TYPED.slice(3, 10).join('\n') });
}

/** Where the fund was made public: each text once in every field; another record is taken back. */
async function disclose(): Promise<void> {
	const own = '/cua-toi/quy/MAU-DK/cong-khai';
	const yesterday = addDays(toLocalDate(Date.now()), -1);
	const record = await formOf('treasurer', own, 'disclosures.record');
	for (const typed of TYPED) {
		const words = { subject: typed, place: typed, note: typed, photoMissingReason: typed };
		await record({ id: randomUUID(), month: '', fromOn: yesterday, ...words });
	}
	// The newest stands first.
	await record({ id: randomUUID(), month: '', subject: 'Nhầm', place: 'Nhầm', photoMissingReason: 'Nhầm' });
	await (
		await formOf('treasurer', own, 'disclosures.withdraw')
	)({ reason: TYPED.slice(-4).join(' ') });
}

/** Each text is what somebody reports of a house; the steward's notes on some of them are public. */
async function reportProblems(): Promise<void> {
	// Somebody without an account: the resident signs up for events at the same time.
	const send = await formOf('neighbour', '/bao-tin?diem=MAU-003&viec=damage', 'reportProblem');
	for (const typed of TYPED) await send({ id: randomUUID(), text: typed });
	const close = await formOf('steward', '/cua-toi/nha/MAU-003/viec-bao', 'closeProblem');
	// The newest stands first, and stays the last one closed.
	await close({ note: TYPED.slice(-4).join(' ') });
}

/** Each text is where a house moves to and why, and why it is closed for a while. */
async function change(): Promise<void> {
	const record = '/cua-toi/nha/MAU-002/ho-so';
	const move = await formOf('steward', record, 'greenHouses.move');
	for (const typed of TYPED) await move({ id: randomUUID(), address: typed, reason: typed });
	const survey = await formOf('steward', '/cua-toi/nha/MAU-002/khao-sat', 'greenHouses.survey');
	// The public page shows the newest changes.
	for (const typed of TYPED.slice(-6))
		await survey({
			...{ id: randomUUID(), latitude: '21.86037', longitude: '106.76491', hours: typed },
			neighbourhood: `Khối ${typed}`,
		});
}

beforeAll(async () => {
	browser = await launchBrowser();
	server = await startServer({ DATABASE_URL: databaseUrl });
	await Promise.all([
		announceAndSignUp().then(report),
		sell().then(ask).then(disclose).then(reportProblems).then(change),
	]);
});
afterAll(async () => {
	await browser.close();
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Nothing ran, nothing leads to a script, nothing pushes the page apart; the words are text or a field's value. */
async function expectText(page: Page, words: string[]): Promise<void> {
	expect(await page.evaluate(() => '__ran' in window)).toBe(false);
	expect(await page.locator('[href^="javascript:" i], [onerror], [onload], [onfocus]').count()).toBe(0);
	const content = await page.evaluate(() => {
		const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')];
		return [document.body.textContent, ...fields.map(({ value }) => value)].join('\n');
	});
	expect(words.filter((word) => !content.includes(word))).toEqual([]);
	expect(await sticksOut(page, phone.width), page.url()).toEqual([]);
}

async function look(role: string, from: string, words: string[]): Promise<void> {
	const page = await pageOf(role);
	await page.goto(from);
	await expectText(page, words);
}

test('it is stored in NFC without the characters that nobody sees', async () => {
	const db = openDb(databaseUrl);
	const columns = [
		db.selectFrom('cleanupEvent').select('assemblyPoint as text'),
		db.selectFrom('cleanupEvent').select('whatToBring as text'),
		db.selectFrom('cleanupEvent').select('description as text'),
		db.selectFrom('signUp').select('name as text').where('kind', '=', 'person'),
		db.selectFrom('signUp').select('name as text').where('kind', '=', 'unit'),
		db.selectFrom('scrapSale').select('dealer as text'),
		db.selectFrom('scrapSale').select('photoMissingReason as text'),
		db.selectFrom('scrapSaleLine').select('note as text').where('kind', '=', 'difference'),
		db.selectFrom('problemReport').select('text').where('text', 'is not', null).$castTo<{ text: string }>(),
		db.selectFrom('disclosure').select('subject as text'),
		db.selectFrom('disclosure').select('place as text'),
	];
	for (const column of columns) {
		const stored = (await column.execute()).map(({ text }) => text);
		expect(stored, column.compile().sql).toEqual(expect.arrayContaining(SHOWN));
	}
	await db.destroy();
});

test.each(TEXTS.map(([, shown], index) => [JSON.stringify(shown).slice(0, 50), shown, index] as const))(
	'%s is text wherever it is shown',
	async (_name, shown, index) => {
		const { own, open } = events[index]!;
		await Promise.all([
			look('resident', open, [shown, `${shown} (mẫu)`]),
			look('organiser', own, [shown, `${shown} (mẫu)`]),
			look('steward', slips[index]!, [shown]),
		]);
	},
);

test.each([
	['resident', '/', []],
	['resident', '/chu-nhat-xanh', []],
	['resident', '/quy', SHOWN.slice(-4)],
	['resident', '/quy/MAU-DK', SHOWN.slice(-4)],
	['resident', '/quy/MAU-DK/cong-khai', SHOWN],
	['treasurer', '/cua-toi/quy/MAU-DK/cong-khai', SHOWN],
	['resident', '/ngoi-nha-xanh/MAU-001', []],
	['resident', '/ngoi-nha-xanh/MAU-003', [SHOWN.slice(-4).join(' ')]],
	['steward', '/cua-toi/nha/MAU-003/viec-bao', SHOWN.slice(0, -1)],
	['resident', '/ngoi-nha-xanh/MAU-002', SHOWN],
	['steward', '/cua-toi/nha/MAU-002/ho-so', SHOWN],
	['resident', '/khao-sat/khong-mang', []],
	['resident', '/diem-danh/khong-mang', []],
	['organiser', '/cua-toi/su-kien', SHOWN],
	['organiser', '/cua-toi', []],
	['steward', '/cua-toi/nha/MAU-001', []],
	['treasurer', '/cua-toi/chi', []],
] as const)('the %s’s %s shows it as text', async (role, from, words) => {
	await look(role, from, [...words]);
});

test('reasons, remarks, descriptions and the book show it as text', async () => {
	for (const [index, own] of calledOff.entries())
		for (const page of [own, `${own}/doi`])
			await look('organiser', page, [SHOWN.slice(index * 3, index * 3 + 3).join(' ')]);
	await look('resident', events.at(-1)!.open, SHOWN);
	await look('organiser', events.at(-1)!.own, SHOWN);
	await look('approver', request, SHOWN);
	await look('resident', '/quy/MAU-DK', SHOWN.slice(-4));
	const resident = await pageOf('resident');
	for (const row of await resident.locator('.led .rev a').evaluateAll((links) => links.map(String)))
		await look('resident', row, [SHOWN.at(-1)!]);
});

const QUANTITIES = ['quantity', 'headCount', 'position', 'amount', 'size'];
test.each([
	['resident', '/ghi-nhan?diem=MAU-001', 'record', ['quantity']],
	['resident', 'event', 'signUp', ['name', 'headCount', 'phone']],
	['organiser', '/cua-toi/su-kien', 'announce', ['title', 'description', 'position', 'capacity']],
	['treasurer', '/cua-toi/chi', 'requestDisbursement', ['description', 'amount', 'count']],
	['school_lead', '/cua-toi/truong', 'recordSheet', ['cell']],
	['school_lead', '/cua-toi/truong/lop', 'schoolClasses.add', ['name', 'size']],
] as const)('what the %s typed into %s is given back as text', async (role, from, action, names) => {
	const send = await formOf(role, from === 'event' ? events[0]!.open : from, action);
	const page = await pageOf(role);
	const cell = names[0] === 'cell' ? await page.locator('.grid input').first().getAttribute('name') : null;
	for (const typed of TYPED) {
		const values = Object.fromEntries(names.map((name) => [cell ?? name, typed]));
		const { html } = await send(values, 422);
		await page.route('**/refused', (route) =>
			route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }),
		);
		await page.goto('/refused');
		await page.unroute('**/refused');
		await expectText(page, []);
		const name = cell ?? names.find((each) => QUANTITIES.includes(each));
		// A page of several forms gives it back in the one that was sent.
		const field = page.locator(`form[action*="${action}"] [name="${name}"]:not([type=hidden])`).first();
		expect(await field.inputValue()).toBe(typed.replace('\u0000', '\ufffd'));
	}
});

test.each([
	'/?tim=',
	'/ghi-nhan?diem=',
	'/bao-tin?diem=',
	'/bao-tin?diem=MAU-003&viec=damage#text=',
	'/dang-nhap?tiep=',
	'/chu-nhat-xanh/huy-dang-ky?ma=',
	'/ngoi-nha-xanh/',
	'/lop/',
])('an address that carries it, %s…, shows it as text', async (start) => {
	for (const typed of TYPED) await look('resident', start + encodeURIComponent(typed), []);
});
