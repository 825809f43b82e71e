// `npm run import -- houses FILE [--apply] [--lang=en]`: reads a register, names every bad row, writes all or nothing.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import type { HouseProblem } from '#features/green-houses/house-import.ts';
import { isGeoJson } from '#features/green-houses/house-table.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import { ConfigError } from '#lib/config.ts';
import type { Db } from '#lib/db.ts';
import { createTranslator, type Translate } from '#lib/i18n.ts';
import { getPortal } from '#lib/portal.ts';

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

async function run(db: Db, text: string, apply: boolean, t: Translate): Promise<number> {
	await migrateToLatest(db);
	await loadReference(db);
	const result = await importHouses(db, text, { apply, isSample: false }, Date.now());
	for (const problem of [...result.hints, ...result.problems]) console.log(say(problem, t, isGeoJson(text)));
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
	let text: string;
	try {
		// npm runs scripts in the project's root; INIT_CWD is where the caller stood.
		text = new TextDecoder('utf-8', { fatal: true }).decode(
			readFileSync(path.resolve(process.env['INIT_CWD'] ?? '.', file)),
		);
	} catch (error) {
		const isEncoding = (error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
		console.error(t(isEncoding ? 'green-houses:import.notUtf8' : 'green-houses:import.unreadable', { file }));
		return 2;
	}
	process.chdir(ROOT);
	const { db } = getPortal();
	try {
		return await run(db, text, values.apply, t);
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
