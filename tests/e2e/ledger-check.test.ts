// The operator's check: its command, the thread of the daily job, and where the newest run is seen.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CHECK_NAMES } from '#features/checks/check.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { runDueJobs } from '#server/jobs.ts';
import { checkInThread } from '#server/ledger-check.ts';
import { migrateToLatest } from '#db/migrate.ts';
import { openDb } from '#lib/db.ts';
import { makeBooks } from '../integration/books-world.ts';
import { signInClient } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
let folder: string;
beforeAll(async () => {
	world = await startWorld();
	folder = mkdtempSync(path.join(tmpdir(), 'portal-check-'));
});
afterAll(async () => {
	await world.stop();
	rmSync(folder, { recursive: true, force: true });
});

const command = (databaseUrl: string, ...args: string[]) =>
	new Promise<{ code: number; out: string }>((resolve) => {
		const env = { ...process.env, DATABASE_URL: databaseUrl };
		execFile(process.execPath, ['src/server/ledger-check.ts', ...args], { env }, (error, stdout, stderr) =>
			resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
		);
	});

/** Books in a database of their own. */
async function makeFile(name: string): Promise<string> {
	const file = path.join(folder, name);
	const db = openDb(`file:${file}`);
	await migrateToLatest(db);
	await makeBooks(db);
	await db.destroy();
	return file;
}

test('the command passes, names what is wrong, and says when it cannot read', async () => {
	const file = await makeFile('good.db');
	const good = await command(`file:${file}`);
	expect([good.code, good.out]).toEqual([0, expect.stringMatching(/every check passed; \d+ entries/)]);
	expect(good.out.match(/^ok /gm)).toHaveLength(CHECK_NAMES.length);

	const bad = path.join(folder, 'bad.db');
	copyFileSync(file, bad);
	const db = openDb(`file:${bad}`);
	await sql`drop trigger entry_text_refuse_update`.execute(db);
	await sql`update entry_text set text = '{}'`.execute(db);
	await db.destroy();
	const found = await command(`file:${bad}`);
	expect(found.code).toBe(1);
	expect(found.out).toMatch(/^WRONG entry-text/m);
	expect(found.out).toMatch(/^ {8}DK-\d+ {2}PT-2026\/0001 \S+: its text is not/m);

	const none = await command(`file:${path.join(folder, 'none.db')}`);
	expect([none.code, none.out]).toEqual([2, expect.stringContaining('DATABASE_URL')]);
	expect((await command(`file:${file}`, '--nonsense')).code).toBe(2);
	expect(await command(`file:${file}`, '--help')).toMatchObject({ code: 0 });
});

test('the daily run is seen by those who watch, and its rows by administrators and auditors only', async () => {
	const health = async () => (await (await fetch(`${world.baseUrl}/readyz`)).json()) as { ledger: unknown };
	const { filename } = (
		await sql<{ filename: string }>`select file as filename from pragma_database_list`.execute(world.db)
	).rows[0]!;
	expect(await health()).toEqual({ status: 'ready', ledger: null });
	await checkInThread(`file:${filename}`);
	// This world's gift was booked without a statement, so nobody decided on it and nothing was hashed.
	expect(await health()).toMatchObject({
		status: 'ready',
		ledger: {
			ok: false,
			failed: [
				{ check: 'paper-behind-entry', rows: 1 },
				{ check: 'source-hash', rows: 1 },
			],
		},
	});

	const failed = [
		{
			name: 'voucher-no-gap',
			total: 30,
			findings: [
				{ fund: 'DK', row: 'PT-2026/7', detail: 'is number 6' },
				{ fund: 'DK', row: 'sale 019a', detail: 'is sold twice' },
			],
		},
	];
	await world.db
		.updateTable('ledgerCheck')
		.set({ isOk: 0, failed: JSON.stringify(failed) })
		.execute();
	expect(await health()).toMatchObject({
		ledger: { ok: false, failed: [{ check: 'voucher-no-gap', rows: 30 }] },
	});
	const administrator = await signInClient(world.baseUrl, world.people.administrator);
	const page = await (await administrator.send('/cua-toi/kiem-tra')).text();
	expect(page).toContain('PT-2026/7');
	expect(page).toContain('Quỹ DK, phiếu bán 019a');
	expect(page).toContain('và 28 dòng nữa');
	expect(await (await administrator.send('/cua-toi')).text()).toContain('/cua-toi/kiem-tra');
	const treasurer = await signInClient(world.baseUrl, world.people.treasurer);
	expect((await treasurer.send('/cua-toi/kiem-tra')).status).toBe(404);
	expect(await (await treasurer.send('/cua-toi')).text()).not.toContain('/cua-toi/kiem-tra');
	expect((await fetch(`${world.baseUrl}/cua-toi/kiem-tra`, { redirect: 'manual' })).status).toBe(303);
});

test('of several processes one runs it', async () => {
	const db = openDb(`file:${await makeFile('jobs.db')}`);
	const run = vi.fn(() => Promise.resolve());
	const store = openPhotoStore({ photoDir: '/nowhere', photoBucket: undefined });
	const now = Date.now();
	await Promise.all([1, 2, 3].map(() => runDueJobs(db, store, now, [{ name: 'check-ledger', run }])));
	expect(run).toHaveBeenCalledTimes(1);
	await db.destroy();
});
