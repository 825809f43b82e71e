import { expect, test } from 'vitest';
import { parsePhone } from '#lib/phone.ts';

test.each([
	'0912345678',
	'0912 345 678',
	'0912.345.678',
	'0912-345-678',
	'0912–345–678',
	'+84 912.345.678',
	'(+84) 912 345 678',
	'84912345678',
	'\u202a0912345678\u202c',
	'０９１２３４５６７８',
	'0912\u00a0345\u00a0678',
])('%s is one mobile number', (text) => expect(parsePhone(text)).toBe('+84912345678'));

test.each([
	['0205 3812 345', '+842053812345'],
	['024 3825 1234', '+842438251234'],
	['(0205) 381.2345', '+842053812345'],
])('%s is a fixed number', (text, e164) => expect(parsePhone(text)).toBe(e164));

test.each([
	'',
	'912345678',
	'091234567',
	'0912 345 6789',
	'0012345678',
	'+86 138 0013 8000',
	'0912345678 hoặc 0987654321',
	'số của bà Lan',
	'113',
	"0912345678'; --",
	'<b>0912345678</b>',
])('“%s” is refused', (text) => expect(parsePhone(text)).toBeUndefined());
