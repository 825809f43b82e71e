// When a class's link holds, for which days, and for whom.
import { describe, expect, test } from 'vitest';
import {
	checkOwnClass,
	checkTakesLinks,
	daysOf,
	lapseOf,
	lapsesAtOf,
	type ClassLink,
} from '#features/schools/class-link.ts';
import type { Campaign } from '#features/schools/campaign.ts';
import type { DomainError } from '#lib/errors.ts';
import { PLAIN_CAMPAIGN } from '../support/fixtures.ts';

const NOW = Date.UTC(2026, 10, 22, 3);
const link: ClassLink = {
	...{ id: 'l', campaignId: 'c', schoolClassId: '6a', className: '6A', issuedBy: 'g' },
	...{ issuedAt: NOW - 1000, lapsesAt: NOW + 1, endedAt: null },
	...{ classClosedOn: null, campaignEndedAt: null, isIssuerIn: true, isSample: 0 },
};
const campaign: Campaign = {
	...{ ...PLAIN_CAMPAIGN, id: 'c', organisationId: 'o', greenHouseId: 'h', schoolYear: '2026-2027' },
	...{ publishedAt: NOW - 1000, endedAt: null, isSample: 0 },
};

const keyOf = (work: () => unknown): string | undefined => {
	try {
		work();
		return undefined;
	} catch (error) {
		return (error as DomainError).key;
	}
};

test.each<[Partial<ClassLink>, number, ReturnType<typeof lapseOf>]>([
	[{}, NOW, undefined],
	[{}, NOW + 1, 'day'],
	[{ endedAt: NOW }, NOW, 'ended'],
	[{ campaignEndedAt: NOW }, NOW, 'campaign'],
	// Also a class whose last day is still to come: nothing is entered for it any more.
	[{ classClosedOn: '2026-11-23' }, NOW, 'class'],
	[{ isIssuerIn: false }, NOW, 'issuer'],
	// The lead's own word comes first.
	[{ endedAt: NOW, campaignEndedAt: NOW, isIssuerIn: false }, NOW + 1, 'ended'],
])('a link with %o at %i has lapsed by %s', (over, now, lapse) =>
	expect(lapseOf({ ...link, ...over }, now)).toBe(lapse),
);

test('it lapses at midnight in Vietnam after the last day', () => {
	expect(lapsesAtOf({ endsOn: '2026-11-30' })).toBe(Date.UTC(2026, 10, 30, 17));
	// The last day of a year, and one before a leap day.
	expect(lapsesAtOf({ endsOn: '2027-12-31' })).toBe(Date.UTC(2027, 11, 31, 17));
	expect(lapsesAtOf({ endsOn: '2028-02-28' })).toBe(Date.UTC(2028, 1, 28, 17));
});

describe('the days that a link enters', () => {
	test.each([
		['2026-11-14', undefined],
		['2026-11-15', { from: '2026-11-15', to: '2026-11-15' }],
		['2026-11-22', { from: '2026-11-15', to: '2026-11-22' }],
		['2026-12-24', { from: '2026-11-15', to: '2026-11-30' }],
	])('on %s are %o', (today, days) => expect(daysOf(campaign, today)).toEqual(days));
});

test('links are for a campaign that is public and not over', () => {
	expect(keyOf(() => checkTakesLinks(campaign, NOW))).toBeUndefined();
	expect(keyOf(() => checkTakesLinks({ ...campaign, publishedAt: null }, NOW))).toBe('campaignNotPublished');
	expect(keyOf(() => checkTakesLinks({ ...campaign, endedAt: NOW }, NOW))).toBe('campaignEnded');
	expect(keyOf(() => checkTakesLinks(campaign, lapsesAtOf(campaign) - 1))).toBeUndefined();
	expect(keyOf(() => checkTakesLinks(campaign, lapsesAtOf(campaign)))).toBe('campaignDaysOver');
});

test('a sheet that names another class is not the link’s', () => {
	const rowOf = (classId: string) => ({ classId, lines: [] });
	expect(keyOf(() => checkOwnClass(link, [rowOf('6a')]))).toBeUndefined();
	expect(keyOf(() => checkOwnClass(link, []))).toBeUndefined();
	expect(keyOf(() => checkOwnClass(link, [rowOf('6a'), rowOf('6b')]))).toBe('classLinkOtherClass');
	expect(keyOf(() => checkOwnClass(link, [rowOf('6A')]))).toBe('classLinkOtherClass');
});
