// What a piece of news says, in the recipient's language and as it stands when it is sent.
import { shortHouseName } from '#features/green-houses/green-house.ts';
import { unitInText } from '#features/places/place.ts';
import { localePath, createTranslator, type Locale } from '#lib/i18n.ts';
import { formatDate, formatDateTimeInText, formatShortDate, toLocalDate } from '#lib/time.ts';
import { causeText } from './cause.ts';
import type { NewsKind } from './news.ts';

export type EventFacts = {
	id: string;
	slug: string;
	title: string;
	status: 'published' | 'cancelled';
	startsAt: number;
	endsAt: number;
	assemblyPoint: string;
	houseName: string | null;
	wardNameVi: string | null;
	wardNameEn: string | null;
	cancelReason: string | null;
};

/** What the news is about, as it stands. */
export type Subject =
	| {
			event: EventFacts;
			offeredUntil?: number | null;
			/** Those that one act announced or changed, in order. */
			days?: { startsAt: number }[];
			/** They are those that concern the reader alone, not all of the act. */
			isOwn?: boolean;
	  }
	| { house: { code: string; nameVi: string } };

/** A message before it takes the form of its channel: `path` is where more is said. */
export type Message = { title: string; lines: string[]; path: string };

function placeLine(event: EventFacts, locale: Locale): string {
	const { houseName, wardNameVi: nameVi, wardNameEn } = event;
	const ward = nameVi && unitInText({ nameVi, nameEn: wardNameEn ?? nameVi }, locale);
	return [event.assemblyPoint, houseName && shortHouseName(houseName), ward].filter(Boolean).join(', ');
}

export function writeMessage(kind: NewsKind, subject: Subject, locale: Locale): Message {
	const t = createTranslator(locale);
	const path = (text: string) => localePath(locale, text);
	if ('house' in subject) {
		const { code, nameVi } = subject.house;
		const name = `${shortHouseName(nameVi)} (${code})`;
		return {
			title: t('notifications:title.house.full', { name }),
			lines: [t('notifications:text.house.full')],
			path: path(`/cua-toi/nha/${code}`),
		};
	}
	const { event, offeredUntil, days = [], isOwn = false } = subject;
	const dayOf = (instant: number) => formatDate(toLocalDate(instant), locale);
	const span = {
		count: days.length,
		...{
			first: dayOf(days[0]?.startsAt ?? event.startsAt),
			last: dayOf(days.at(-1)?.startsAt ?? event.startsAt),
		},
	};
	const title = t(`notifications:title.${kind}`, { name: event.title });
	const named = days.map(({ startsAt }) => formatShortDate(toLocalDate(startsAt), locale)).join(', ');
	const daysLine = isOwn
		? t('notifications:text.ownDays', { count: days.length, days: named })
		: t('notifications:text.days', span);
	const spanLine = days.length > 1 ? daysLine : '';
	const facts = [spanLine, formatDateTimeInText(event.startsAt, locale), placeLine(event, locale)];
	const page = path(`/chu-nhat-xanh/${event.slug}`);
	if (kind === 'report.overdue')
		return {
			...{ title, lines: [t('notifications:text.report.overdue'), facts[1]!] },
			path: path(`/cua-toi/su-kien/${event.id}`),
		};
	if (kind === 'event.cancelled') {
		const reason = event.cancelReason && causeText(event.cancelReason, locale);
		const why = reason ? t('notifications:text.reason', { reason }) : '';
		return { title, lines: [t('notifications:text.event.cancelled'), why, ...facts], path: page };
	}
	if (kind === 'sign-up.offered') {
		const until =
			offeredUntil == null
				? t('notifications:text.sign-up.given')
				: t('notifications:text.sign-up.offered', { time: formatDateTimeInText(offeredUntil, locale) });
		return { title, lines: [until, ...facts], path: page };
	}
	return { title, lines: [t(`notifications:text.${kind}`), ...facts], path: page };
}
