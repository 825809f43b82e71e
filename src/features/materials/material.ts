// A material of the catalogue. What a house may take at all: 'never' is refused everywhere.
import type { MaterialTable } from '#db/schema.ts';
import type { Locale } from '#lib/i18n.ts';

export type Material = MaterialTable;
export type FactorKind = 'piece_weight' | 'co2e';

/** A dated factor; `value` is milligrams of one piece, or grams of CO2e for one kilogram. */
export type Factor = { id: string; materialCode: string; value: number };

/** The name inside a sentence: `giấy vụn`, `PET bottle`. */
export function materialInText(material: Pick<Material, 'nameVi' | 'nameEn'>, locale: Locale): string {
	const name = locale === 'vi' ? material.nameVi : material.nameEn;
	return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
