// `npm run import -- houses FILE [--apply] [--lang=en]`: reads a register, names every bad row, writes all or nothing.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { MAX_BYTES, type HouseProblem } from '#features/green-houses/house-import.ts';
import { isGeoJson, type HouseFile } from '#features/green-houses/house-table.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import { ConfigError } from '#lib/config.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { createTranslator, type Translate } from '#lib/i18n.ts';
import { getPortal } from '#lib/portal.ts';
import { isWorkbook, readWorkbook } from '#lib/workbook.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SHOWN_CODES = 20;

function say(problem: HouseProblem, t: Translate, isFeature: boolean): string {
	const sentence = t(`green-houses:import.problem.${problem.key}`, problem.values);
	const { line, column } = problem;
	const where = isFeature
		? column
			? t('green-houses:import.whereProperty', { line, column })
			: t('green-houses:import.whereFeature', { line })
		: column
			? t('green-houses:import.whereColumn', { line, column })
			: t('green-houses:import.where', { line });
	return `${where}: ${sentence}`;
}

async function run(db: Db, file: HouseFile, apply: boolean, t: Translate): Promise<number> {
	await migrateToLatest(db);
	await loadReference(db);
	const result = await importHouses(db, file, { apply, isSample: false }, Date.now());
	for (const problem of [...result.hints, ...result.problems]) console.log(say(problem, t, isGeoJson(file)));
	if (result.problems.length > 0) {
		console.log(
			t('green-houses:import.refused', { problems: result.problems.length, rows: result.rows.length }),
		);
		return 1;
	}
	for (const kind of ['created', 'changed', 'unchanged'] as const) {
		const codes = result[kind];
		const list =
			codes.length === 0
				? ''
				: ` (${codes.slice(0, SHOWN_CODES).join(', ')}${codes.length > SHOWN_CODES ? ', …' : ''})`;
		console.log(t(`green-houses:import.${kind}`, { count: codes.length }) + list);
	}
	console.log(t(apply ? 'green-houses:import.applied' : 'green-houses:import.dryRun'));
	return 0;
}

async function readFile(file: string): Promise<HouseFile> {
	// Before it is read: a file may be larger than the memory.
	if (statSync(file).size > MAX_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'fileTooLarge', { values: { max: MAX_BYTES / 1_000_000 } });
	const bytes = readFileSync(file);
	return isWorkbook(bytes, file)
		? await readWorkbook(bytes)
		: new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { apply: { type: 'boolean', default: false }, lang: { type: 'string', default: 'vi' } },
	});
	const t = createTranslator(values.lang === 'en' ? 'en' : 'vi');
	const [kind, file, ...more] = positionals;
	if (kind !== 'houses' || !file || more.length > 0 || !['vi', 'en'].includes(values.lang)) {
		console.error(t('green-houses:import.usage'));
		console.error(t('green-houses:import.usageApply'));
		console.error(t('green-houses:import.usageLang'));
		return 2;
	}
	let read: HouseFile;
	try {
		// npm runs scripts in the project's root; INIT_CWD is where the caller stood.
		read = await readFile(path.resolve(process.env['INIT_CWD'] ?? '.', file));
	} catch (error) {
		const isEncoding = (error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
		if (error instanceof DomainError) console.error(`${file}: ${t(`errors:${error.key}`, error.values)}`);
		else
			console.error(
				t(isEncoding ? 'green-houses:import.notUtf8' : 'green-houses:import.unreadable', { file }),
			);
		return 2;
	}
	process.chdir(ROOT);
	const { db } = getPortal();
	try {
		return await run(db, read, values.apply, t);
	} finally {
		await db.destroy();
	}
}

try {
	process.exitCode = await main();
} catch (error) {
	const { code } = error as { code?: string };
	const isExpected =
		error instanceof ConfigError || code === 'ECONNREFUSED' || code?.startsWith('ERR_PARSE_ARGS');
	console.error(isExpected ? (error as Error).message : error);
	process.exitCode = 2;
}
