// A ward or commune with its dates. Names and official codes were reused in the merger of 2025-07-01,
// so only our own id names a unit.
import { foldSearch } from '#lib/fold.ts';
import type { Locale } from '#lib/i18n.ts';
import type { AdminUnitTable } from '#db/schema.ts';

export type AdminUnit = AdminUnitTable & { predecessorIds: string[] };

/** True when the unit existed on that date. */
export const existedOn = (unit: AdminUnit, date: string): boolean =>
	(unit.validFrom === null || unit.validFrom <= date) && (unit.validTo === null || date <= unit.validTo);

/** Today's unit: walks forward to the successor until there is none. */
export function currentUnit(units: AdminUnit[], id: string): AdminUnit {
	const successor = units.find((unit) => unit.predecessorIds.includes(id));
	if (successor) return currentUnit(units, successor.id);
	const unit = units.find((each) => each.id === id);
	if (!unit) throw new RangeError(`no administrative unit ${id}`);
	return unit;
}

/** The unit and everything that was merged into it. */
export function unitIdsWithin(units: AdminUnit[], id: string): string[] {
	const unit = units.find((each) => each.id === id);
	return [id, ...(unit?.predecessorIds ?? []).flatMap((each) => unitIdsWithin(units, each))];
}

/** `Phường Tam Thanh`, in English `Tam Thanh Ward`. */
export const unitName = (unit: Pick<AdminUnit, 'nameVi' | 'nameEn'>, locale: Locale): string =>
	locale === 'vi' ? unit.nameVi : unit.nameEn;

/** The same within a sentence: `phường Tam Thanh`. */
export const unitInText = (unit: Pick<AdminUnit, 'nameVi' | 'nameEn'>, locale: Locale): string =>
	locale === 'vi' ? unit.nameVi.charAt(0).toLowerCase() + unit.nameVi.slice(1) : unit.nameEn;

/** The name alone: `Tam Thanh`. */
export const shortUnitName = (nameVi: string): string => nameVi.replace(/^(Phường|Xã|Thị trấn) /, '');

/**
 * Units that are no more and bear the name that somebody looks for, with today's unit; not where today's bears the
 * same name, because then nothing needs saying.
 */
export function findFormerUnits(units: AdminUnit[], name: string): { former: AdminUnit; now: AdminUnit }[] {
	const wanted = foldSearch(name);
	const isNamed = ({ nameVi }: AdminUnit) =>
		[nameVi, shortUnitName(nameVi)].some((each) => foldSearch(each) === wanted);
	return units
		.filter((unit) => unit.validTo !== null && isNamed(unit))
		.map((former) => ({ former, now: currentUnit(units, former.id) }))
		.filter(({ now }) => now.validTo === null && !isNamed(now));
}
