// What a piece of news says, in the recipient's language and as it stands when it is sent.
import { shortHouseName } from '#features/green-houses/green-house.ts';
import { unitInText } from '#features/places/place.ts';
import { localePath, createTranslator, type Locale } from '#lib/i18n.ts';
import { formatDateTimeInText } from '#lib/time.ts';
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
	{ event: EventFacts; offeredUntil?: number | null } | { house: { code: string; nameVi: string } };

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
	const { event, offeredUntil } = subject;
	const title = t(`notifications:title.${kind}`, { name: event.title });
	const facts = [formatDateTimeInText(event.startsAt, locale), placeLine(event, locale)];
	const page = path(`/chu-nhat-xanh/${event.slug}`);
	if (kind === 'report.overdue')
		return {
			...{ title, lines: [t('notifications:text.report.overdue'), facts[0]!] },
			path: path(`/cua-toi/su-kien/${event.id}`),
		};
	if (kind === 'event.cancelled')
		return {
			title,
			lines: [t('notifications:text.event.cancelled'), event.cancelReason ?? '', ...facts],
			path: page,
		};
	if (kind === 'sign-up.offered') {
		const until =
			offeredUntil == null
				? t('notifications:text.sign-up.given')
				: t('notifications:text.sign-up.offered', { time: formatDateTimeInText(offeredUntil, locale) });
		return { title, lines: [until, ...facts], path: page };
	}
	return { title, lines: [t(`notifications:text.${kind}`), ...facts], path: page };
}
