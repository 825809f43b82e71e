// What a role is held in, in words.
import type { Locale, Translate } from '#lib/i18n.ts';
import type { Role, ScopeKind } from '#features/accounts/actor.ts';
import { unitInText } from '#features/places/place.ts';
import { addDays, type LocalDate } from '#lib/time.ts';
import { compareNames } from '#lib/compare-names.ts';

/** From the whole portal down to one house. */
export const SCOPE_KINDS: readonly ScopeKind[] = ['portal', 'ward', 'fund', 'organisation', 'house'];

/** A set end lies within five years of today: what lies further is a slip of the hand, or nobody's plan. */
export const lastSetEnd = (today: LocalDate): LocalDate => addDays(today, 5 * 365);

type Named = { kind: ScopeKind; nameVi: string; nameEn: string };

/** The name of a house, an organisation, a fund or a ward; the whole portal by its own word. */
export function scopeText(scope: Named, t: Translate, locale: Locale): string {
	if (scope.kind === 'portal') return t('team:scope.portal');
	return locale === 'vi' ? scope.nameVi : scope.nameEn;
}

const inText = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** A role and where it is held, within a sentence: `cán bộ phường ở phường Đông Kinh`. */
export function roleInText(role: Role, scope: Named | undefined, t: Translate, locale: Locale): string {
	const name = inText(t(`accounts:roles.${role}`));
	if (!scope) return name;
	const place = scope.kind === 'ward' ? unitInText(scope, locale) : scopeText(scope, t, locale);
	return t(`team:roleAt.${scope.kind}`, { role: name, place });
}

/** The last characters of a number or address: no line ends between the dots and them. */
export const hintText = (hint: string): string => hint.replace('…', '…\u2060');

type Placed = { scopeKind: ScopeKind; scope: (Named & { id: string | null }) | undefined };

/** A house by its code, anything else by its name. */
const sortKey = ({ scope }: Placed): string =>
	scope?.kind === 'house' ? (scope.nameVi.split('·').at(-1) ?? '') : (scope?.nameVi ?? '');

/** Rows by what they are held in, and by each single place, in the order of the alphabet. */
export function groupByPlace<T extends Placed>(rows: T[]): { kind: ScopeKind; places: T[][] }[] {
	return SCOPE_KINDS.flatMap((kind) => {
		const places = new Map<string | null | undefined, T[]>();
		for (const row of rows.filter((each) => each.scopeKind === kind))
			places.set(row.scope?.id, [...(places.get(row.scope?.id) ?? []), row]);
		const sorted = [...places.values()].sort(([a], [b]) => compareNames(sortKey(a!), sortKey(b!)));
		return sorted.length > 0 ? [{ kind, places: sorted }] : [];
	});
}
