// The verify page and the addresses it reads: an old sheet's code, the whole book worked out in the browser, and what
// they say of a book that was changed behind the portal's back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followInclusion } from '#features/checkpoints/merkle.ts';
import { scannedCode, typedCode } from '#features/checkpoints/sheet-code.ts';
import { parseNote } from '#features/checkpoints/signed-note.ts';
import { openDb } from '#lib/db.ts';
import { sha256All } from '#lib/hash.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { naiveRoot } from '../support/independent-verifier.ts';
import { copySample } from '../support/sample-portal.ts';
import { startServer, type RunningServer } from '../support/server.ts';

const FUND = 'MAU-DK';
const run = promisify(execFile);
let server: RunningServer;
let browser: Browser;
let folder: string;
let databaseUrl: string;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-verify-'));
	databaseUrl = copySample(folder);
	server = await startServer({ DATABASE_URL: databaseUrl });
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

const get = (address: string) => fetch(`${server.baseUrl}/api/v1/${address}`);
const linesOf = async (query = '') =>
	(await (await get(`funds/${FUND}/leaves.jsonl${query}`)).text()).trim().split('\n');

async function openPage(query: string, options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
	const context: BrowserContext = await browser.newContext({ ...phone, baseURL: server.baseUrl, ...options });
	const page = await context.newPage();
	await page.goto(`/quy/kiem-chung?${query}`);
	return page;
}

describe('the addresses of the tree', () => {
	test('give the stored lines, whole or from a row on, and the signed root over them', async () => {
		const lines = await linesOf();
		const note = parseNote(await (await get(`funds/${FUND}/checkpoint`)).text())!;
		expect(note.size).toBe(lines.length);
		expect(note.root).toBe(naiveRoot(lines).toString('base64'));
		expect(await linesOf('?from=10')).toEqual(lines.slice(10));
		expect(await linesOf('?from=10&to=12')).toEqual(lines.slice(10, 12));
		const texts = (await (await get(`funds/${FUND}/texts.jsonl`)).text()).trim().split('\n');
		expect(texts).toHaveLength(lines.length);
		expect(JSON.parse(texts[0]!)).toEqual({ salt: expect.any(String), text: expect.any(String) });
	});

	test('prove an entry in less than one and a half kilobytes', async () => {
		const [line] = await linesOf('?from=7&to=8');
		const { id } = JSON.parse(line!) as { id: string };
		const text = await (await get(`funds/${FUND}/proof/inclusion?entry=${id}`)).text();
		expect(text.length).toBeLessThan(1500);
		const answer = JSON.parse(text) as {
			index: number;
			size: number;
			leaf_hash: string;
			proof: string[];
			checkpoint: string;
		};
		expect(answer.index).toBe(7);
		const root = await followInclusion(sha256All, {
			...{ index: answer.index, size: answer.size },
			leafHash: Buffer.from(answer.leaf_hash, 'base64'),
			proof: answer.proof.map((hash) => Buffer.from(hash, 'base64')),
		});
		expect(Buffer.from(root!).toString('base64')).toBe(parseNote(answer.checkpoint)!.root);
	});

	test.each([
		['funds/NONE/checkpoint', 404],
		[`funds/${FUND}/checkpoint?size=3`, 404],
		[`funds/${FUND}/checkpoint?size=x`, 400],
		[`funds/${FUND}/proof/inclusion`, 404],
		[`funds/${FUND}/proof/inclusion?entry=../x`, 404],
		[`funds/${FUND}/proof/consistency?from=0`, 400],
		[`funds/${FUND}/proof/consistency?from=5&to=3`, 422],
		[`funds/${FUND}/proof/consistency?from=1&to=999999`, 422],
		[`funds/${FUND}/leaves.jsonl?from=-1`, 400],
	])('%s is answered %i with a sentence', async (address, status) => {
		const response = await get(address);
		expect(response.status).toBe(status);
		const body = (await response.json()) as { error: { message: string } };
		expect(body.error.message).toMatch(/\S \S/);
	});
});

describe('an old sheet', () => {
	const codes = async (size: number) => {
		const root = naiveRoot((await linesOf()).slice(0, size));
		return { typed: typedCode(size, root), scanned: scannedCode(size, root) };
	};

	test.each([true, false])(
		'proves today’s book by either code, with JavaScript: %s',
		async (javaScriptEnabled) => {
			const { typed, scanned } = await codes(9);
			for (const code of [typed.toLowerCase().replaceAll('-', ' '), scanned]) {
				const page = await openPage(`quy=${FUND}&ma=${encodeURIComponent(code)}`, { javaScriptEnabled });
				expect(await page.textContent('[role=status].good')).toContain('Khớp.');
				if (javaScriptEnabled) await page.locator('[data-say=sheet-good]').waitFor();
				await page.context().close();
			}
		},
	);

	test('that another book was printed from does not fit', async () => {
		const { typed } = await codes(9);
		const other = typed.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'));
		for (const code of [other, '99999-AAAAA-AAAAA-AAAAA-AAAAA']) {
			const page = await openPage(`quy=${FUND}&ma=${code}`);
			expect(await page.textContent('[role=alert]')).toContain('KHÔNG KHỚP');
			await page.locator('[data-say=sheet-bad]').waitFor();
			await page.context().close();
		}
	});

	test('whose code was mistyped is asked for again, and what was typed stays', async () => {
		const page = await openPage(`quy=${FUND}&ma=214-ABC`);
		expect(await page.textContent('#ma-error')).toContain('chưa đúng');
		expect(await page.inputValue('[name=ma]')).toBe('214-ABC');
		await page.context().close();
	});
});

const workOut = async (page: Page) => {
	await page.click('[data-verify] button');
	await page.locator('[data-say^=signature-]:visible').waitFor();
	return page
		.locator('.said li:visible')
		.evaluateAll((items) => items.map((item) => item.getAttribute('data-say')));
};

test('the whole book is worked out in the browser, and on a command line without the server', async () => {
	const page = await openPage(`quy=${FUND}`);
	expect(await workOut(page)).toEqual(['rules-good', 'tree-good', 'signature-good']);
	const lines = await linesOf();
	const [book, note] = [path.join(folder, 'leaves.jsonl'), path.join(folder, 'checkpoint')];
	writeFileSync(book, `${lines.join('\n')}\n`);
	writeFileSync(note, await (await get(`funds/${FUND}/checkpoint`)).text());
	const { keys } = (await (await get('ledger/keys')).json()) as { keys: { key: string }[] };
	const check = (file: string) =>
		run(process.execPath, ['src/server/ledger-verify.ts', file, '--checkpoint', note, '--key', keys[0]!.key]);
	const { stdout } = await check(book);
	expect(stdout).toContain(`ok    ${lines.length} entries of ${FUND} keep every rule`);
	expect(stdout).toMatch(/ok .*: signature/);
	expect(stdout).not.toContain('WRONG');
	writeFileSync(book, `${lines.toSpliced(4, 1).join('\n')}\n`);
	await expect(check(book)).rejects.toMatchObject({
		code: 1,
		stdout: expect.stringContaining('WRONG row 5'),
	});
	await page.context().close();
});

test('a row that is changed in the database is found, and no checkpoint is signed over it', async () => {
	const before = await (await get(`funds/${FUND}/checkpoint`)).text();
	const db = openDb(databaseUrl);
	await sql`drop trigger journal_entry_refuse_update`.execute(db);
	const { rows } = await sql<{ id: string }>`select e.id from journal_entry e join fund f on f.id = e.fund_id
		where f.code = ${FUND} and e.sequence = 6`.execute(db);
	await sql`update journal_entry set canonical = replace(canonical, '"happenedOn":"20', '"happenedOn":"19') where id = ${rows[0]!.id}`.execute(
		db,
	);
	await db.destroy();
	const page = await openPage(`quy=${FUND}`);
	// The line still keeps every rule; only the tree tells.
	expect(await workOut(page)).toEqual(['rules-good', 'tree-bad', 'signature-good']);
	expect(await (await get(`funds/${FUND}/checkpoint`)).text()).toBe(before);
	await page.context().close();
});
