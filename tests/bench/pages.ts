// A ledger page of a short and of a long book: two built servers, asked in turns.
import { existsSync } from 'node:fs';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import { startServer, type RunningServer } from '../support/server.ts';
import { ENTRIES, openFolder, quantile, type Say } from './figures.ts';
import { FUND, makeLargeDatabase } from './large-database.ts';
import { POSTINGS_PER_ENTRY } from './large-book.ts';

const SHORT = Math.round(10_000 / POSTINGS_PER_ENTRY);
const REQUESTS = 200;
const SHEET = 'board sheet of a month';

type Portal = { server: RunningServer; paths: Record<string, string> };

async function openPortal(folder: string, count: number): Promise<Portal> {
	const file = path.join(folder, `${count}.db`);
	if (!existsSync(file)) await makeLargeDatabase(file, count);
	const database = new SQLite(file, { readonly: true });
	const { id, bookedOn } = database
		.prepare('select id, booked_on as bookedOn from journal_entry where sequence = ?')
		.get(Math.floor(count / 2)) as { id: string; bookedOn: string };
	database.close();
	return {
		server: await startServer({ DATABASE_URL: `file:${file}`, SAMPLE_DATA: 'none' }),
		paths: {
			'first page of a fund': `/quy/${FUND}`,
			'page in the middle of its book': `/quy/${FUND}?truoc=${Math.floor(count / 2)}`,
			'page of an entry': `/quy/but-toan/${id}`,
			[SHEET]: `/quy/${FUND}/bang/${bookedOn.slice(0, 7)}`,
		},
	};
}

let asked = 0;

async function timeOf({ server, paths }: Portal, name: string): Promise<number> {
	const url = new URL(paths[name]!, server.baseUrl);
	// An address of its own for each request: no page is kept for it.
	url.searchParams.set('lan', String((asked += 1)));
	const start = performance.now();
	const response = await fetch(url);
	await response.text();
	// A month of the long book is too long for a sheet: 404, after both its ends were looked for.
	const isAnswer = response.ok || (name === SHEET && response.status < 500);
	if (!isAnswer) throw new Error(`${name}: ${response.status}`);
	return performance.now() - start;
}

export async function benchPages(say: Say): Promise<void> {
	const { folder, close } = openFolder();
	const portals: Portal[] = [];
	try {
		for (const count of [SHORT, ENTRIES]) portals.push(await openPortal(folder, count));
		const [short, long] = portals as [Portal, Portal];
		for (const name of Object.keys(short.paths)) {
			const times = { short: [] as number[], long: [] as number[] };
			for (let index = 0; index < REQUESTS; index += 1) {
				times.short.push(await timeOf(short, name));
				times.long.push(await timeOf(long, name));
			}
			for (const [share, title] of [
				[0.5, 'median'],
				[0.99, 'p99'],
			] as const)
				say(
					`${title}, ${name}, ${(ENTRIES * POSTINGS_PER_ENTRY) / 1e6} million postings ÷ 10 thousand`,
					quantile(times.long, share) / quantile(times.short, share),
					'at most 1.5',
				);
		}
	} finally {
		for (const { server } of portals) await server.stop();
		close();
	}
}
