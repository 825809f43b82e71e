// The home page from memory, and made anew for each request, against a server written by hand; one write a second.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import { findFreePort } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { median, type Say } from './figures.ts';

const [CLIENTS, ROUNDS, ROUND_MS] = [16, 7, 4000];

/** Answers a second that clients which wait for each get; `address` gives each request's own. */
async function rateOf(baseUrl: string, address: (serial: number) => string): Promise<number> {
	const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
	const start = performance.now();
	let answers = 0;
	const ask = (serial: number) =>
		new Promise<void>((resolve, reject) => {
			http
				.get(baseUrl + address(serial), { agent }, (response) => {
					if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
					response.resume().on('end', resolve);
				})
				.on('error', reject);
		});
	const client = async (first: number) => {
		for (let serial = first; performance.now() - start < ROUND_MS; serial += CLIENTS) {
			await ask(serial);
			answers += 1;
		}
	};
	await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
	agent.destroy();
	return (answers * 1000) / (performance.now() - start);
}

export async function benchHotPage(say: Say): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-bench-'));
	const file = path.join(folder, 'portal.db');
	const portal = await startServer({ DATABASE_URL: `file:${file}` });
	const page = path.join(folder, 'page.html');
	writeFileSync(page, Buffer.from(await (await fetch(portal.baseUrl)).arrayBuffer()));
	const port = await findFreePort();
	const plain = spawn(process.execPath, ['tests/bench/plain-server.ts', file, page, String(port)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const database = new SQLite(file, { timeout: 5000 });
	const write = database.prepare(
		`insert into rate_limit (key, window_start, count) values ('bench', 0, 1)
			on conflict do update set count = count + 1`,
	);
	const writing = setInterval(() => write.run(), 1000);
	try {
		await once(plain.stdout, 'data');
		const byHand = `http://localhost:${port}`;
		const figures = { hot: [] as number[], made: [] as number[] };
		for (let round = 0; round < ROUNDS; round += 1) {
			const plainRate = await rateOf(byHand, () => '/');
			figures.hot.push((await rateOf(portal.baseUrl, () => '/')) / plainRate);
			// An address of its own for each request, which no page is kept for.
			const own = (serial: number) => `/?lan=${round}-${serial}`;
			const builtRate = await rateOf(byHand, own);
			figures.made.push((await rateOf(portal.baseUrl, own)) / builtRate);
		}
		say('the home page from memory ÷ by hand', median(figures.hot), 'at least 3');
		say('the home page made anew ÷ built by hand', median(figures.made), 'at least 0.35');
	} finally {
		clearInterval(writing);
		database.close();
		plain.kill();
		await portal.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
