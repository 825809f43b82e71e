import type { Db } from '#lib/db.ts';
import type { Factor, FactorKind, Material } from './material.ts';

/** The catalogue in its own order. */
export const listMaterials = (db: Db): Promise<Material[]> =>
	db.selectFrom('material').selectAll().orderBy('sortOrder').execute();

/** The newest factor of each material that was valid on that date. */
export async function findFactors(db: Db, kind: FactorKind, onDate: string): Promise<Map<string, Factor>> {
	const rows = await db
		.selectFrom('materialFactor')
		.select(['id', 'materialCode', 'value'])
		.where('kind', '=', kind)
		.where('validFrom', '<=', onDate)
		.orderBy('validFrom')
		.execute();
	return new Map(rows.map((row) => [row.materialCode, row]));
}
