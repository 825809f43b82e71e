// What the tree costs those who post: 64 funds, concurrent clients, the same posting with and without hashing behind it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { inTransaction, openDb, type Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { PAUSE_MS } from '#server/sequencing.ts';
import { makeActor, makeFund } from '../support/fixtures.ts';
import { startPostgres } from '../support/postgres.ts';
import { median, type Say } from './figures.ts';

const [FUNDS, CLIENTS, ROUNDS, ROUND_MS] = [64, 16, 7, 8_000];
const KEY = ledgerKeyOf(new Uint8Array(32).fill(5));

type Book = { db: Db; funds: { id: string }[]; grantId: string };

async function makeBook(db: Db): Promise<Book> {
	await migrateToLatest(db);
	await loadReference(db);
	const funds: { id: string }[] = [];
	for (let index = 0; index < FUNDS; index += 1) funds.push(await makeFund(db));
	const treasurer = await makeActor(db, 'treasurer', 'portal', null);
	await openLog(db, KEY, 'bench.example', Date.now());
	return { db, funds, grantId: treasurer.grants[0]!.id };
}

function post({ db, funds, grantId }: Book, serial: number): Promise<unknown> {
	const now = Date.now();
	const id = uuidv7(now);
	const today = toLocalDate(now);
	return inTransaction(db, (trx) =>
		postEntry(
			trx,
			{
				...{ id, fundId: funds[serial % FUNDS]!.id, kind: 'gift', happenedOn: today, bookedOn: today },
				...{ recordedBy: grantId, source: { kind: 'statement', id, content: { statement: id } } },
				postings: [10_000, 5000, 2000].map((amountVnd) => ({ debit: 'cash', credit: 'gift', amountVnd })),
				text: { kind: 'statement', words: 'Tiền ủng hộ' },
			},
			now,
		),
	);
}

/** Entries a second that clients which wait for each answer get posted. */
async function rateOf(book: Book): Promise<number> {
	const start = performance.now();
	let posted = 0;
	let serial = 0;
	const client = async () => {
		while (performance.now() - start < ROUND_MS) {
			await post(book, (serial += 1));
			posted += 1;
		}
	};
	await Promise.all(Array.from({ length: CLIENTS }, client));
	return (posted * 1000) / (performance.now() - start);
}

async function compare(say: Say, name: string, [plain, treed]: [Book, Book]): Promise<void> {
	const ratios: number[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		// Which of the two goes first changes, and what they have posted stays alike.
		const without = round % 2 === 0 ? await rateOf(plain) : 0;
		let isPosting = true;
		const hash = async () => {
			while (isPosting) {
				await sequenceFunds(treed.db, KEY, Date.now());
				await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			}
		};
		const hashing = hash();
		const withTree = await rateOf(treed);
		isPosting = false;
		await hashing;
		ratios.push(withTree / (without || (await rateOf(plain))));
	}
	say(
		`posting with the tree ÷ without, ${name}, ${FUNDS} funds, ${CLIENTS} clients`,
		median(ratios),
		'at least 0.8',
	);
}

export async function benchPosting(say: Say): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-bench-'));
	const postgres = await startPostgres();
	const opened: Db[] = [];
	const open = async (url: string) => {
		opened.push(openDb(url));
		return makeBook(opened.at(-1)!);
	};
	try {
		const files = ['plain', 'treed'].map((name) => `file:${path.join(folder, `${name}.db`)}`);
		await compare(say, 'SQLite', [await open(files[0]!), await open(files[1]!)]);
		const admin = openDb(postgres.url);
		for (const name of ['plain', 'treed']) await sql`create database ${sql.id(name)}`.execute(admin);
		await admin.destroy();
		const urls = ['plain', 'treed'].map((name) => postgres.url.replace(/\/[^/]*$/, `/${name}`));
		await compare(say, 'PostgreSQL', [await open(urls[0]!), await open(urls[1]!)]);
	} finally {
		for (const db of opened) await db.destroy();
		await postgres.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
