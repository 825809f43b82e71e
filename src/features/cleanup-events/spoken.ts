// Vietnamese as it is read out over a loudspeaker: numbers, times and days in words, no addresses of websites.
import { numberInWords } from '#lib/amount-in-words.ts';
import { toLocalIso } from '#lib/time.ts';

const say = (number: number) => numberInWords(number, 'vi');
const digits = (text: string) => [...text].map((digit) => say(Number(digit))).join(' ');

/** `bảy giờ ba mươi phút`. */
const clock = (hours: number, minutes: number): string =>
	minutes === 0 ? `${say(hours)} giờ` : `${say(hours)} giờ ${say(minutes)} phút`;

/** `ngày mùng sáu tháng tư`. */
function day(number: number, month: number): string {
	const early = number <= 10 ? 'mùng ' : '';
	return `ngày ${early}${say(number)} tháng ${month === 4 ? 'tư' : say(month)}`;
}

/** Until what hour of the day its part lasts. */
const PARTS = [
	[11, 'sáng'],
	[13, 'trưa'],
	[18, 'chiều'],
	[24, 'tối'],
] as const;
const WEEKDAYS = ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'];

/** `bảy giờ ba mươi phút sáng Chủ nhật, ngày hai mươi chín tháng mười một`. */
export function spokenTime(instant: number): string {
	const local = toLocalIso(instant);
	const [month, date, hours, minutes] = [
		local.slice(5, 7),
		local.slice(8, 10),
		local.slice(11, 13),
		local.slice(14, 16),
	].map(Number) as [number, number, number, number];
	const part = PARTS.find(([until]) => hours < until)![1];
	const weekday = WEEKDAYS[new Date(`${local.slice(0, 10)}T00:00:00Z`).getUTCDay()]!;
	return `${clock(hours > 12 ? hours - 12 : hours, minutes)} ${part} ${weekday}, ${day(date, month)}`;
}

const ADDRESS =
	/(?:https?:\/\/|www\.)\S+|\S+@\S+|[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.(?:vn|com|net|org|info|gov|edu|example)\b\S*/giu;

/** What people typed, as it is read out; lines become parts of one sentence. */
export const spokenText = (text: string): string =>
	text
		.replace(ADDRESS, '')
		.replace(/^\s*[-•]\s+/, '')
		.replace(
			/\b([01]?\d|2[0-3])(?::|[hg])([0-5]\d)?(?![\p{L}\d])/gu,
			(_, hours: string, minutes: string | undefined) => clock(Number(hours), Number(minutes ?? 0)),
		)
		.replace(
			/\b(?:ngày )?(0?[1-9]|[12]\d|3[01])\/(0?[1-9]|1[0-2])(?:\/(\d{4}))?\b/giu,
			(_, number: string, month: string, year: string | undefined) =>
				day(Number(number), Number(month)) + (year ? ` năm ${say(Number(year))}` : ''),
		)
		.replace(/\d[\d .]{6,}\d/g, (number) => digits(number.replace(/\D/g, '')))
		.replace(
			/(\d+)[,.](\d+)/g,
			(_, whole: string, rest: string) => `${say(Number(whole))} phẩy ${digits(rest)}`,
		)
		.replace(/\d{1,15}/g, (number) => say(Number(number)))
		.replace(/\bkg\b/gi, 'ki lô gam')
		.replace(/\s*&\s*/g, ' và ')
		.replace(/[*_#`<>[\]{}|\\~^=+]/g, ' ')
		.replace(/\s+[–—-]\s+/g, ', ')
		.replace(/\s*\n+\s*[-•]?\s*/g, ', ')
		.replace(/\//g, ' ')
		.replace(/\s+/g, ' ')
		.replace(/\s+([,.;:!?])/g, '$1')
		.replace(/[,.;:\s]+$/, '')
		.trim();

/** How many syllables somebody reads: Vietnamese writes each apart. */
export const countSyllables = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
