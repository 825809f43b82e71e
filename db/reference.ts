// What every portal needs before its first row: wards and communes over time, materials and their factors.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { insertFirstItems } from '#features/materials/guide.repository.ts';
import { readGuideFile } from '#features/materials/guide-file.ts';
import { findVersion, insertPages } from '#features/privacy/notice.repository.ts';
import { NOTICE, splitTitle } from '#features/privacy/notice.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import type { AdminUnitTable, MaterialTable } from './schema.ts';

type Row = Record<string, string>;

const readCsv = (name: string): Row[] =>
	parse(readFileSync(`db/data/${name}`, 'utf8'), { columns: true, skip_empty_lines: true, bom: true });

const CO2E_SOURCE = 'EPA WARM v15, recycling pathway (US model, an estimate)';
const FACTOR_VERSION = '2026-11';
// Factors hold for every quantity that the portal can meet; a later one gets its own date.
const FACTORS_FROM = '2020-01-01';
/** 25/11/2026, when the notice was written. */
const NOTICE_DATE = Date.UTC(2026, 10, 25);

/** The notice's first version; from then on an administrator edits it. */
async function loadNotice(trx: Trx): Promise<void> {
	if ((await findVersion(trx, NOTICE)) > 0) return;
	const pages = (['vi', 'en'] as const).map((locale) => ({
		...{ slug: NOTICE, version: 1, locale, publishedAt: NOTICE_DATE, publishedBy: null },
		...splitTitle(readFileSync(`db/data/privacy-notice.${locale}.md`, 'utf8')),
	}));
	await insertPages(trx, pages);
}

/** Loads wards, materials, factors and the privacy notice from db/data; a second call changes nothing. */
export async function loadCatalogue(db: Db): Promise<void> {
	const units = readCsv('administrative_units.csv');
	const materials = readCsv('materials.csv');
	await inTransaction(db, async (trx) => {
		await loadNotice(trx);
		for (const row of units) {
			await trx
				.insertInto('adminUnit')
				.values({
					id: row['id']!,
					kind: row['kind'] as AdminUnitTable['kind'],
					nameVi: row['name_vi']!,
					nameEn: row['name_en']!,
					officialCode: row['official_code']!,
					validFrom: row['valid_from'] || null,
					validTo: row['valid_to'] || null,
					inServiceArea: row['in_service_area'] === 'yes' ? 1 : 0,
					note: row['note']!,
				})
				.onConflict((conflict) => conflict.column('id').doNothing())
				.execute();
		}
		for (const row of units) {
			for (const predecessorId of row['predecessor_ids']!.split(' ').filter(Boolean)) {
				await trx
					.insertInto('adminUnitPredecessor')
					.values({ adminUnitId: row['id']!, predecessorId })
					.onConflict((conflict) => conflict.doNothing())
					.execute();
			}
		}
		for (const [index, row] of materials.entries()) {
			const code = row['code']!;
			await trx
				.insertInto('material')
				.values({
					code,
					groupCode: row['group_code']!,
					groupVi: row['group_vi']!,
					nameVi: row['name_vi']!,
					nameEn: row['name_en']!,
					aliasesVi: row['aliases_vi']!,
					defaultUnit: row['default_unit'] as MaterialTable['defaultUnit'],
					acceptedByDefault: row['accepted_by_default'] as MaterialTable['acceptedByDefault'],
					osmRecyclingTag: row['osm_recycling_tag'] || null,
					sortOrder: index + 1,
				})
				.onConflict((conflict) => conflict.column('code').doNothing())
				.execute();
			const factors = [
				{
					kind: 'piece_weight' as const,
					text: row['grams_per_piece'],
					source: row['grams_per_piece_source']!,
				},
				{ kind: 'co2e' as const, text: row['co2e_kg_per_kg'], source: CO2E_SOURCE },
			];
			for (const { kind, text, source } of factors) {
				if (!text) continue;
				await trx
					.insertInto('materialFactor')
					.values({
						id: `${code}-${kind}-${FACTOR_VERSION}`,
						materialCode: code,
						kind,
						value: Math.round(Number(text) * 1000),
						source,
						version: FACTOR_VERSION,
						validFrom: FACTORS_FROM,
					})
					.onConflict((conflict) => conflict.doNothing())
					.execute();
			}
		}
	});
}

/** Loads everything that db/data holds, the sorting guide too; a second call changes nothing. */
export async function loadReference(db: Db): Promise<void> {
	await loadCatalogue(db);
	const items = readGuideFile(readFileSync('db/data/sorting-guide.json', 'utf8'));
	await inTransaction(db, (trx) => insertFirstItems(trx, items));
}
