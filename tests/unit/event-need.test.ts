import { describe, expect, test } from 'vitest';
import { formatNeeds, parseNeeds } from '#features/cleanup-events/event-need.ts';

describe('what is needed', () => {
	test.each([
		['10 xẻng', [{ label: 'xẻng', wanted: 10 }]],
		[
			'2 xe rác, 10 xẻng',
			[
				{ label: 'xe rác', wanted: 2 },
				{ label: 'xẻng', wanted: 10 },
			],
		],
		['Chụp ảnh: 1 người', [{ label: 'Chụp ảnh (người)', wanted: 1 }]],
		['Xe rác 2', [{ label: 'Xe rác', wanted: 2 }]],
		['Găng tay x 20', [{ label: 'Găng tay', wanted: 20 }]],
		['\n 3  chổi \r\n\n', [{ label: 'chổi', wanted: 3 }]],
		['', []],
		['5 <b>xẻng</b>', [{ label: '<b>xẻng</b>', wanted: 5 }]],
	])('%j is read', (text, needs) => {
		expect(parseNeeds(text)).toEqual(needs);
		expect(parseNeeds(formatNeeds(needs))).toEqual(needs);
	});

	test.each([
		['xẻng', 'needUnreadable'],
		['10', 'needUnreadable'],
		['3 🌿', 'needUnreadable'],
		['0 xẻng', 'needOutOfRange'],
		['10000 xẻng', 'needOutOfRange'],
		['2 xẻng\n3 Xẻng', 'needTwice'],
		[`1 ${'a'.repeat(81)}`, 'textTooLong'],
		[Array.from({ length: 31 }, (_, each) => `1 thứ ${each}`).join('\n'), 'tooManyLines'],
	])('%j is refused', (text, key) => {
		expect(() => parseNeeds(text)).toThrow(expect.objectContaining({ key, field: 'needs' }) as Error);
	});
});
