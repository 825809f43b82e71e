// What a chat shows of an event's link: a leaf of the calendar beside its name, readable on a phone.
import type { Box } from '#lib/draw.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import { sha256Hex } from '#lib/hash.ts';
import { formatShortDate, formatTime, formatWeekday, toLocalDate } from '#lib/time.ts';
import { placeText, type CleanupEvent } from './cleanup-event.ts';
import { monthText } from './event-leaf.ts';

/** The size that Zalo, Facebook and others ask for. */
export const SHARE_IMAGE = { width: 1200, height: 630 };

const INK = '#15201a';
const DIM = '#3d4a42';
const GREEN = '#0a5a39';
const RED = '#9f0f24';
const PAPER = '#fbfcf8';
const BOARD = '#eef2ea';

const line = (text: string, style: Record<string, string | number>): Box => ({ style, children: text });
const clamp = (lines: number) => ({ display: 'block', lineClamp: lines, wordBreak: 'break-word' });

/** The longer, the smaller, so that three lines hold it, or four beside a photo. */
const sizeOf = (title: string, isNarrow: boolean): number => {
	const [large, medium, small] = isNarrow ? [58, 48, 40] : [68, 56, 46];
	return title.length <= 40 ? large! : title.length <= 75 ? medium! : small!;
};

type ShareWords = {
	t: Translate;
	locale: Locale;
	host: string;
	/** When it was to begin, if it was postponed. */
	firstStart: number | undefined;
	/** The file of a photo that everybody may see. */
	cover?: string | undefined;
};

/** The picture's version: it changes whenever the picture does, so that a chat fetches it anew. */
export const shareVersion = (box: Box): string => sha256Hex(JSON.stringify(box)).slice(0, 22);

/** The picture of an event: its photo or its leaf, day, hours and place, who calls; or that it is postponed or called off. */
export function shareImage(event: CleanupEvent, { t, locale, host, firstStart, cover }: ShareWords): Box {
	const date = toLocalDate(event.startsAt);
	const isCancelled = event.status === 'cancelled';
	const colour = isCancelled ? RED : GREEN;
	const hours = t('cleanup-events:event.time', {
		...{ from: formatTime(event.startsAt), to: formatTime(event.endsAt) },
		day: cover ? `${formatWeekday(date, locale)}, ${formatShortDate(date, locale)}` : '',
	}).trim();
	const leaf: Box = {
		style: { flexDirection: 'column', width: 290, borderRadius: 12, overflow: 'hidden', background: BOARD },
		children: [
			line(monthText(date, { t, locale }), {
				...{ background: colour, color: '#fff', fontSize: 38, fontWeight: 700 },
				...{ justifyContent: 'center', padding: '10px 0' },
			}),
			line(String(Number(date.slice(8, 10))), {
				...{ fontSize: 168, fontWeight: 700, lineHeight: 1.1, justifyContent: 'center', color: INK },
			}),
			line(formatWeekday(date, locale), {
				...{ fontSize: 40, fontWeight: 700, justifyContent: 'center', paddingBottom: 20, color: colour },
			}),
		],
	};
	const words: Box = {
		style: { flexDirection: 'column', flexGrow: 1, flexBasis: 0 },
		children: [
			...(isCancelled
				? [
						line(t('cleanup-events:event.cancelled'), {
							fontSize: cover ? 36 : 44,
							fontWeight: 700,
							color: RED,
						}),
					]
				: firstStart === undefined
					? []
					: [
							line(
								t('cleanup-events:event.postponedFrom', {
									time: formatShortDate(toLocalDate(firstStart), locale),
								}),
								{ fontSize: cover ? 36 : 44, fontWeight: 700, color: RED },
							),
						]),
			line(event.title, {
				...clamp(cover ? 4 : 3),
				...{ fontSize: sizeOf(event.title, cover !== undefined), fontWeight: 700, lineHeight: 1.2 },
			}),
			line(hours, { fontSize: cover ? 38 : 46, fontWeight: 700, color: colour, marginTop: 18 }),
			line(placeText(event, locale), { ...clamp(2), fontSize: 36, lineHeight: 1.3, color: DIM }),
		],
	};
	const foot: Box = {
		style: { justifyContent: 'space-between', alignItems: 'flex-end', fontSize: 28, color: DIM },
		children: [
			line(event.organisationName, { ...clamp(2), maxWidth: cover ? 420 : 760, lineHeight: 1.25 }),
			line(host, { color: GREEN, fontWeight: 700 }),
		],
	};
	const head: Box = {
		style: { justifyContent: 'space-between', fontSize: 34, fontWeight: 700, color: GREEN },
		children: [
			line(t('common:nav.events'), {}),
			...(event.isSample === 1
				? [
						line(t('common:sample.title'), {
							...{ color: RED, border: `4px solid ${RED}`, borderRadius: 8, padding: '0 16px' },
						}),
					]
				: []),
		],
	};
	const { width, height } = SHARE_IMAGE;
	const bar = 16;
	const page: Box = {
		style: {
			...{ flexDirection: 'column', justifyContent: 'space-between', flexGrow: 1, flexBasis: 0 },
			padding: '44px 56px 40px',
		},
		children: [
			head,
			cover ? words : { style: { gap: 48, alignItems: 'center' }, children: [leaf, words] },
			foot,
		],
	};
	return {
		style: {
			...{ width, height, boxSizing: 'border-box', background: PAPER, color: INK },
			borderTop: `${bar}px solid ${colour}`,
		},
		children: [...(cover ? [{ photo: cover, width: 420, height: height - bar }] : []), page],
	};
}
