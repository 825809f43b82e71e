import { expect, test } from 'vitest';
import { checkPassword } from '#features/accounts/password.ts';

const own = ['Nguyễn Hoa', '+84912345678', ''];

test.each([
	'một câu dài chỉ mình tôi biết',
	'câu mới dài hơn mười lăm',
	'nhà tôi có 3 con mèo đen',
	'bánh khảo 1987 chợ kỳ cừa',
	'correct horse battery staple',
	'con mèo con mèo con mèo',
	'北山竹林晚风吹过小溪水面月光照',
])('%j may stand alone', (password) => {
	expect(checkPassword(password, { withSecondFactor: false, own })).toEqual({ isLong: true });
});

test.each([
	['12345678', 'passwordCommon'],
	['abcd1234', 'passwordCommon'],
	['aaaa1111', 'passwordCommon'],
	['asdfghjk', 'passwordCommon'],
	['hoa hoa hoa', 'passwordOwnWords'],
	['0912345678', 'passwordOwnWords'],
])('%j does not do, even with a second factor', (password, key) => {
	expect(() => checkPassword(password, { withSecondFactor: true, own })).toThrow(
		expect.objectContaining({ key }) as Error,
	);
});

test.each(['tám chữ nhé', 'mèo đen7', 'x7k2m9qp'])('%j does with a second factor', (password) => {
	expect(checkPassword(password, { withSecondFactor: true, own })).toEqual({ isLong: false });
});
