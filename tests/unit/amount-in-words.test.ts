import { expect, test } from 'vitest';
import { amountInWords } from '#lib/amount-in-words.ts';

const VIETNAMESE: [number, string][] = [
	[0, 'không'],
	[1, 'một'],
	[4, 'bốn'],
	[5, 'năm'],
	[10, 'mười'],
	[11, 'mười một'],
	[14, 'mười bốn'],
	[15, 'mười lăm'],
	[20, 'hai mươi'],
	[21, 'hai mươi mốt'],
	[24, 'hai mươi tư'],
	[25, 'hai mươi lăm'],
	[91, 'chín mươi mốt'],
	[100, 'một trăm'],
	[101, 'một trăm linh một'],
	[104, 'một trăm linh bốn'],
	[105, 'một trăm linh năm'],
	[110, 'một trăm mười'],
	[115, 'một trăm mười lăm'],
	[121, 'một trăm hai mươi mốt'],
	[555, 'năm trăm năm mươi lăm'],
	[1000, 'một nghìn'],
	[1005, 'một nghìn không trăm linh năm'],
	[1010, 'một nghìn không trăm mười'],
	[1015, 'một nghìn không trăm mười lăm'],
	[1100, 'một nghìn một trăm'],
	[10_000, 'mười nghìn'],
	[21_000, 'hai mươi mốt nghìn'],
	[407_950, 'bốn trăm linh bảy nghìn chín trăm năm mươi'],
	[1_000_000, 'một triệu'],
	[1_000_005, 'một triệu không trăm linh năm'],
	[1_001_000, 'một triệu không trăm linh một nghìn'],
	[1_100_000, 'một triệu một trăm nghìn'],
	[8_331_800, 'tám triệu ba trăm ba mươi mốt nghìn tám trăm'],
	[21_000_015, 'hai mươi mốt triệu không trăm mười lăm'],
	[1_000_000_000, 'một tỷ'],
	[1_000_000_001, 'một tỷ không trăm linh một'],
	[2_500_000_000, 'hai tỷ năm trăm triệu'],
	[105_000_000_000, 'một trăm linh năm tỷ'],
	[1_005_000_000_000, 'một nghìn không trăm linh năm tỷ'],
	[1_000_000_000_000_000, 'một triệu tỷ'],
	[
		Number.MAX_SAFE_INTEGER,
		'chín triệu không trăm linh bảy nghìn một trăm chín mươi chín tỷ ' +
			'hai trăm năm mươi tư triệu bảy trăm bốn mươi nghìn chín trăm chín mươi mốt',
	],
];

const ENGLISH: [number, string][] = [
	[0, 'zero'],
	[1, 'one'],
	[10, 'ten'],
	[15, 'fifteen'],
	[21, 'twenty-one'],
	[40, 'forty'],
	[101, 'one hundred and one'],
	[1005, 'one thousand and five'],
	[1100, 'one thousand one hundred'],
	[407_950, 'four hundred and seven thousand nine hundred and fifty'],
	[1_000_000, 'one million'],
	[21_000_015, 'twenty-one million and fifteen'],
	[105_000_000_000, 'one hundred and five billion'],
];

test.each(VIETNAMESE)('%i is read “%s đồng”', (amount, words) => {
	expect(amountInWords(amount, 'vi').toLowerCase()).toBe(`${words} đồng`);
});

test.each(ENGLISH)('%i is read “%s đồng” in English', (amount, words) => {
	expect(amountInWords(amount, 'en').toLowerCase()).toBe(`${words} đồng`);
});

test('a sum in words begins with a capital', () => {
	expect(amountInWords(5, 'vi')).toBe('Năm đồng');
	expect(amountInWords(8, 'en')).toBe('Eight đồng');
});

/** The words of a Vietnamese number back to the number, by weight of each word. */
function readBack(words: string): number {
	const digits = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];
	const value = (word: string) => ({ mốt: 1, tư: 4, lăm: 5 })[word as 'mốt'] ?? digits.indexOf(word);
	let [sum, group, digit, billions] = [0, 0, 0, 0];
	for (const word of words.toLowerCase().replace(' đồng', '').split(' ')) {
		if (word === 'trăm') [group, digit] = [group + digit * 100, 0];
		else if (word === 'mươi') [group, digit] = [group + digit * 10, 0];
		else if (word === 'mười') group += 10;
		else if (word === 'nghìn') [sum, group, digit] = [sum + (group + digit) * 1000, 0, 0];
		else if (word === 'triệu') [sum, group, digit] = [sum + (group + digit) * 1e6, 0, 0];
		else if (word === 'tỷ') [billions, sum, group, digit] = [sum + group + digit, 0, 0, 0];
		else if (word !== 'linh') digit = value(word);
	}
	return billions * 1e9 + sum + group + digit;
}

test('the words of a number say that number', () => {
	for (let number = 0; number < 20_000; number += 1)
		expect(readBack(amountInWords(number, 'vi'))).toBe(number);
	for (let number = 1; number < 1e15; number = number * 3 + 7)
		expect(readBack(amountInWords(number, 'vi'))).toBe(number);
});

test.each([-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])('%d is no amount of đồng', (amount) => {
	expect(() => amountInWords(amount, 'vi')).toThrow(RangeError);
});
