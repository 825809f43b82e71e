// A disclosure (một lần công khai): what was made public of a fund, in which form, where, and from when to when.
import type { Actor, Grant, Scope } from '#features/accounts/actor.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { lastDayOf } from '#features/fund/month-close.ts';
import type { DisclosureTable } from '#db/schema.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import type { LocalDate } from '#lib/time.ts';

export type DisclosureForm = DisclosureTable['form'];
export const DISCLOSURE_FORMS: DisclosureForm[] = ['board', 'meeting', 'loudspeaker', 'zalo', 'site'];

export type DisclosureInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	/** The month `YYYY-MM` of the book; null for something else, which `subject` names. */
	month: string | null;
	subject: string;
	form: DisclosureForm;
	place: string;
	fromOn: LocalDate;
	/** Null while it is still up. */
	toOn: LocalDate | null;
	/** Public, so without names. */
	note: string;
	/** '' when there is a photo. */
	photoMissingReason: string;
};

/** Who records what was made public: the fund's treasurer, and the people of the organisation that stewards it. */
export const disclosureScopes = (fund: { id: string; organisationId: string | null }): Scope[] => [
	...moneyScopes(fund.id),
	...(fund.organisationId ? [{ kind: 'organisation' as const, id: fund.organisationId }] : []),
];

/** The role in which a record is taken back: the one that wrote it, or a treasurer's of its fund. */
export const grantToWithdraw = (
	{ grants }: Pick<Actor, 'grants'>,
	wrong: Pick<DisclosureTable, 'fundId' | 'recordedBy'>,
): Grant | undefined =>
	grants.find((grant) => grant.id === wrong.recordedBy) ??
	grants.find(
		({ role, scopeKind, scopeId }) =>
			role === 'treasurer' && scopeKind === 'fund' && scopeId === wrong.fundId,
	);

/** What is read out is over on the day on which it begins. */
export const endsAtOnce = (form: DisclosureForm): boolean => form === 'meeting' || form === 'loudspeaker';

const refuse = (key: DomainErrorKey, field: string, values: Record<string, string> = {}): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

/** The last day lies neither before the first nor in the future. Refuses with 422. */
export function checkEnd(fromOn: LocalDate, toOn: LocalDate, today: LocalDate): void {
	if (toOn < fromOn) refuse('lastDayBeforeFirst', 'toOn');
	if (toOn > today) refuse('dateInFuture', 'toOn');
}

/**
 * A disclosure says what, how, where and when, and has happened; a month is told whole, so not before its last day.
 * Refuses with 422, an unknown form with 400.
 */
export function checkDisclosure(input: DisclosureInput, hasPhoto: boolean, today: LocalDate): void {
	const { month, subject, form, place, fromOn, toOn } = input;
	if (!DISCLOSURE_FORMS.includes(form))
		throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'form' });
	if (month !== null && !/^[12]\d{3}-(0[1-9]|1[0-2])$/.test(month)) refuse('formUnreadable', 'month');
	if (month !== null && month > today.slice(0, 7)) refuse('monthInFuture', 'month', { month });
	if (month === null && !subject) refuse('disclosureSubjectMissing', 'subject');
	if (!place) refuse('disclosurePlaceMissing', 'place');
	if (fromOn > today) refuse('dateInFuture', 'fromOn');
	if (month !== null && fromOn < lastDayOf(month))
		refuse('disclosureBeforeMonthEnd', 'fromOn', { month, date: lastDayOf(month) });
	if (toOn !== null) checkEnd(fromOn, toOn, today);
	if (!hasPhoto && !input.photoMissingReason) refuse('disclosurePhotoMissing', 'photo');
}
