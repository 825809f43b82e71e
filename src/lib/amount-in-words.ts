// Numbers in words, as they are read out, and sums of money as they stand on Vietnamese vouchers (số tiền bằng chữ).
import type { Locale } from './i18n.ts';

const THOUSAND = 1000;
const BILLION = 1_000_000_000;

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const;
const SCALES = ['', 'nghìn', 'triệu'] as const;

/** Below ten after tens or hundreds: `hai mươi mốt`, `hai mươi tư`, `mười lăm`. */
function unitAfterTens(unit: number, tens: number): string {
	if (unit === 1 && tens > 1) return 'mốt';
	if (unit === 4 && tens > 1) return 'tư';
	return unit === 5 && tens > 0 ? 'lăm' : DIGITS[unit]!;
}

/** Three digits; `isWhole` is false after a higher group, and then no place is left out: `không trăm linh năm`. */
function readGroup(group: number, isWhole: boolean): string[] {
	const [hundreds, tens, unit] = [Math.floor(group / 100), Math.floor(group / 10) % 10, group % 10];
	const words: string[] = [];
	if (hundreds > 0 || !isWhole) words.push(DIGITS[hundreds]!, 'trăm');
	if (tens === 1) words.push('mười');
	else if (tens > 1) words.push(DIGITS[tens]!, 'mươi');
	else if (unit > 0 && words.length > 0) words.push('linh');
	if (unit > 0) words.push(unitAfterTens(unit, tens));
	return words;
}

/** Below a billion, in groups of three; a group of zeros is not said. */
function readBelowBillion(number: number, isWhole: boolean): string[] {
	const words: string[] = [];
	for (let place = SCALES.length - 1; place >= 0; place -= 1) {
		const group = Math.floor(number / THOUSAND ** place) % THOUSAND;
		if (group === 0) continue;
		words.push(...readGroup(group, isWhole && words.length === 0));
		if (place > 0) words.push(SCALES[place]!);
	}
	return words;
}

/** Vietnamese counts on in billions: `một nghìn tỷ`, `một triệu tỷ`. */
function readVietnamese(number: number, isWhole = true): string[] {
	if (number < BILLION) return readBelowBillion(number, isWhole);
	const rest = number % BILLION;
	return [
		...readVietnamese(Math.floor(number / BILLION), isWhole),
		'tỷ',
		...(rest === 0 ? [] : readBelowBillion(rest, false)),
	];
}

const SMALL = [
	...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
	...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ENGLISH_SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'];

function readEnglishGroup(group: number): string {
	const rest = group % 100;
	const below =
		rest < SMALL.length
			? SMALL[rest]!
			: `${TENS[Math.floor(rest / 10)]}${rest % 10 > 0 ? `-${SMALL[rest % 10]}` : ''}`;
	if (group < 100) return below;
	const hundreds = `${SMALL[Math.floor(group / 100)]} hundred`;
	return rest === 0 ? hundreds : `${hundreds} and ${below}`;
}

function readEnglish(number: number): string[] {
	const words: string[] = [];
	for (let place = ENGLISH_SCALES.length - 1; place >= 0; place -= 1) {
		const group = Math.floor(number / THOUSAND ** place) % THOUSAND;
		if (group === 0) continue;
		// "one million and five": the last group takes its "and" when it has no hundreds.
		if (place === 0 && group < 100 && words.length > 0) words.push('and');
		words.push(readEnglishGroup(group), ENGLISH_SCALES[place]!);
	}
	return words.filter(Boolean);
}

/** `hai mươi mốt`, in English `twenty-one`. Throws RangeError for what is no whole number from 0 on. */
export function numberInWords(number: number, locale: Locale): string {
	if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`not a whole number: ${number}`);
	const words = locale === 'vi' ? readVietnamese(number) : readEnglish(number);
	return words.join(' ') || (locale === 'vi' ? DIGITS[0] : SMALL[0]!);
}

/**
 * `Hai mươi mốt triệu không trăm mười lăm đồng`, in English `Twenty-one million and fifteen đồng`. Throws RangeError for
 * what is no whole amount of đồng.
 */
export function amountInWords(amountVnd: number, locale: Locale): string {
	const text = `${numberInWords(amountVnd, locale)} đồng`;
	return text.charAt(0).toUpperCase() + text.slice(1);
}
