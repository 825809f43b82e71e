// What somebody follows, in words.
import { shortHouseName } from '#features/green-houses/green-house.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import type { TargetKind } from './follow.ts';

type Named = {
	targetKind: TargetKind;
	wardNameVi: string | null;
	wardNameEn: string | null;
	organisationName: string | null;
	houseName: string | null;
	houseCode: string | null;
	eventTitle: string | null;
};

export function followName(row: Named, t: Translate, locale: Locale): string {
	const { wardNameVi, wardNameEn, organisationName, houseName, houseCode, eventTitle } = row;
	if (row.targetKind === 'own') return t('notifications:own.label');
	if (houseName !== null) return `${shortHouseName(houseName)} · ${houseCode}`;
	return (locale === 'en' ? wardNameEn : wardNameVi) ?? organisationName ?? eventTitle ?? '';
}
