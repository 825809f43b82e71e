// npm run ledger:check: asks every invariant of the books, while the portal runs or not, and names the rows that break one.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { checkAndKeep, checkLedger } from '#features/checks/check.service.ts';
import type { CheckResult, CheckRun } from '#features/checks/check.ts';
import { readConfig } from '#lib/config.ts';
import { openDb } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { settingFailure } from './start-failure.ts';

const USAGE = `npm run ledger:check
  reads the database of DATABASE_URL in one snapshot and changes nothing. It ends with
  0  every check passed
  1  a check failed; the rows are named
  2  the database could not be read`;

type Task = { databaseUrl: string };

/** Runs every check in a thread and on a connection of its own, and keeps the result for the health page. */
export const checkInThread = (databaseUrl: string): Promise<CheckRun> =>
	new Promise((resolve, reject) => {
		const worker = new Worker(new URL(import.meta.url), { workerData: { databaseUrl } satisfies Task });
		worker.once('message', resolve);
		worker.once('error', reject);
		// After an answer or an error this settles nothing more; a thread that ends without either must not be waited for.
		worker.once('exit', (code) => reject(new Error(`the check ended without a result, with code ${code}`)));
	});

function report(results: CheckResult[], entryCount: number): boolean {
	const t = createTranslator('en');
	for (const { name, total, findings } of results) {
		console.log(`${total === 0 ? 'ok   ' : 'WRONG'} ${name.padEnd(24)} ${t(`checks:name.${name}`)}`);
		for (const { fund, row, detail } of findings)
			console.log(`        ${[fund, row].filter(Boolean).join('  ')}: ${detail}`);
		if (total > findings.length) console.log(`        and ${total - findings.length} more`);
	}
	const failed = results.filter((result) => result.total > 0).length;
	const verdict = failed === 0 ? 'every check passed' : `${failed} of ${results.length} checks FAILED`;
	console.log(`${verdict}; ${entryCount} entries`);
	return failed === 0;
}

async function main(): Promise<number> {
	const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	// Relative settings are read from the project's root, as the server does.
	process.chdir(path.resolve(import.meta.dirname, '../..'));
	const db = openDb(readConfig(process.env).databaseUrl, { mustExist: true });
	try {
		const { results, entryCount } = await checkLedger(db);
		return report(results, entryCount) ? 0 : 1;
	} finally {
		await db.destroy();
	}
}

async function runTask({ databaseUrl }: Task): Promise<CheckRun> {
	const db = openDb(databaseUrl);
	try {
		return await checkAndKeep(db, Date.now);
	} finally {
		await db.destroy();
	}
}

if (!isMainThread && (workerData as Partial<Task> | null)?.databaseUrl) {
	parentPort!.postMessage(await runTask(workerData as Task));
} else if (isMainThread && process.argv[1] === import.meta.filename) {
	main().then(
		(code) => (process.exitCode = code),
		(error: unknown) => {
			console.error(settingFailure(error) ?? (error as Error).message);
			if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) console.error(USAGE);
			process.exitCode = 2;
		},
	);
}
