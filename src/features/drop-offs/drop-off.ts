// A drop-off is one act of bringing sorted recyclables to a Green House: declared by somebody, not weighed.
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { checkHappenedWithin } from '#lib/happened-at.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import type { Factor, Material } from '#features/materials/material.ts';

export type Unit = 'kg' | 'piece';
/** `quantityMilli` is the quantity as typed, in thousandths of its unit. */
export type DropOffLine = { material: string; quantityMilli: number; unit: Unit };

/** Who declares: a device's household alias, a class on a school's sheet, so many households of a notebook's row, or a clean-up. */
export type Declarer =
	| { kind: 'device'; deviceAliasId: string }
	| { kind: 'class'; classSheetId: string; schoolClassId: string }
	| { kind: 'paper'; paperPageId: string; householdCount: number }
	// The organisers' report names the drop-off.
	| { kind: 'event' };

export const MAX_LINES = 20;
/** Older than this is the steward's paper back-entry. */
export const MAX_AGE_DAYS = 60;

/** When it happened: not in the future, and by the calendar {@link MAX_AGE_DAYS} ago at most. Refuses with 422. */
export const checkHappenedAt = (happenedAt: number, now: number): void =>
	checkHappenedWithin(MAX_AGE_DAYS, happenedAt, now);

/** A full, locked or damaged house still takes a declaration: the goods may already stand there. Refuses with 422. */
export function checkHouseTakes(house: Pick<GreenHouse, 'status'>, field = 'house'): void {
	if (house.status === 'closed') throw new DomainError('UNPROCESSABLE_CONTENT', 'houseClosed', { field });
	if (house.status === 'paused') throw new DomainError('UNPROCESSABLE_CONTENT', 'housePaused', { field });
}

/** Known materials that this house takes, 1 to {@link MAX_LINES} lines. Refuses with 422, naming the line. */
export function checkLines(
	lines: DropOffLine[],
	house: GreenHouse,
	materials: Material[],
	locale: 'vi' | 'en' = 'vi',
): void {
	if (lines.length === 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'linesMissing', { field: 'lines' });
	if (lines.length > MAX_LINES) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'tooManyLines', {
			field: 'lines',
			values: { max: MAX_LINES },
		});
	}
	for (const [index, line] of lines.entries()) {
		const field = `lines.${index}.material`;
		const material = materials.find((each) => each.code === line.material);
		if (!material) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownMaterial', { field });
		const values = { material: locale === 'vi' ? material.nameVi : material.nameEn };
		if (material.acceptedByDefault === 'never')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'materialNever', { field, values });
		if (!house.materials.includes(line.material)) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'materialNotTaken', { field, values });
		}
	}
}

/** Grams that a line declares; null for pieces whose weight is unknown, never 0. The factor's value is in milligrams. */
export function declaredWeightGrams(
	line: DropOffLine,
	pieceWeights: Map<string, Factor>,
): { grams: number | null; factorId: string | null } {
	if (line.unit === 'kg') return { grams: line.quantityMilli, factorId: null };
	const factor = pieceWeights.get(line.material);
	if (!factor) return { grams: null, factorId: null };
	return { grams: Math.round((line.quantityMilli / 1000) * (factor.value / 1000)), factorId: factor.id };
}

/** What must be equal for two drop-offs with one id to be the same: house, time and lines. */
export const dropOffHash = (greenHouseId: string, happenedAt: number, lines: DropOffLine[]): string =>
	sha256Hex(canonicalJson({ greenHouseId, happenedAt, lines }));

/** What the house takes, the kinds that people bring there most first; equal ones keep the catalogue's order. */
export const materialsByUse = (
	house: GreenHouse,
	materials: Material[],
	counts: Map<string, number>,
): Material[] =>
	materials
		.filter((material) => house.materials.includes(material.code))
		.sort((a, b) => (counts.get(b.code) ?? 0) - (counts.get(a.code) ?? 0));
