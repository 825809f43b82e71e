// A class link lets whoever holds it enter one class's sheets in one campaign, without an account. It names a class and
// never a person: to the portal its holder is nobody.
import type { ClassLinkTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';
import { addDays, startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import type { Campaign } from './campaign.ts';
import type { SheetRow } from './class-sheet.ts';

export type ClassLink = Omit<ClassLinkTable, 'tokenHash'> & {
	className: string;
	/** The day from which the class is no more. */
	classClosedOn: LocalDate | null;
	campaignEndedAt: number | null;
	isSample: 0 | 1;
	/** Whoever handed it out still holds the role. */
	isIssuerIn: boolean;
};

/** More sheets of a link than wait at once where somebody approves them: whoever has it alone fills no lead's list. */
export const MAX_WAITING = 40;

/** What ended a link: its lead, the campaign's or the class's end, the issuer's role, or the last day. */
export type Lapse = 'ended' | 'campaign' | 'class' | 'issuer' | 'day';

/** Why a link holds no more at an instant; undefined while it holds. Nothing has to be written for it to lapse. */
export function lapseOf(link: ClassLink, now: number): Lapse | undefined {
	if (link.endedAt !== null) return 'ended';
	if (link.campaignEndedAt !== null) return 'campaign';
	if (link.classClosedOn !== null) return 'class';
	if (!link.isIssuerIn) return 'issuer';
	return link.lapsesAt <= now ? 'day' : undefined;
}

/** The instant after the last one of a campaign's last day in Vietnam. */
export const lapsesAtOf = ({ endsOn }: Pick<Campaign, 'endsOn'>): number =>
	startOfLocalDate(addDays(endsOn, 1));

/** Refuses with 409 links for a draft, for a campaign that ended, and for one whose last day is past. */
export function checkTakesLinks(campaign: Campaign, now: number): void {
	if (campaign.publishedAt === null) throw new DomainError('CONFLICT', 'campaignNotPublished');
	if (campaign.endedAt !== null) throw new DomainError('CONFLICT', 'campaignEnded');
	if (campaign.endsOn < toLocalDate(now)) throw new DomainError('CONFLICT', 'campaignDaysOver');
}

/** Refuses with 403 a sheet that speaks of another class than the link's. */
export function checkOwnClass(link: Pick<ClassLink, 'schoolClassId' | 'className'>, rows: SheetRow[]): void {
	if (rows.some(({ classId }) => classId !== link.schoolClassId))
		throw new DomainError('FORBIDDEN', 'classLinkOtherClass', { values: { name: link.className } });
}

/** Days for which the link may enter now; undefined before the campaign's first day. */
export function daysOf(
	campaign: Pick<Campaign, 'startsOn' | 'endsOn'>,
	today: LocalDate,
): { from: LocalDate; to: LocalDate } | undefined {
	const to = campaign.endsOn < today ? campaign.endsOn : today;
	return campaign.startsOn <= to ? { from: campaign.startsOn, to } : undefined;
}
