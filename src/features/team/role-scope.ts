// What a role is held in, in words.
import type { Locale, Translate } from '#lib/i18n.ts';
import type { ScopeKind } from '#features/accounts/actor.ts';

/** The name of a house, an organisation, a fund or a ward; the whole portal by its own word. */
export function scopeText(
	scope: { kind: ScopeKind; nameVi: string; nameEn: string },
	t: Translate,
	locale: Locale,
): string {
	if (scope.kind === 'portal') return t('team:scope.portal');
	return locale === 'vi' ? scope.nameVi : scope.nameEn;
}
