import { expect, test } from 'vitest';
import { groupByPlace, hintText, roleInText } from '#features/team/role-scope.ts';
import { createTranslator } from '#lib/i18n.ts';

const scope = (kind: 'house' | 'ward' | 'fund', id: string, nameVi: string, nameEn = nameVi) => ({
	...{ kind, id, nameVi, nameEn },
});

test('a role and its place stand in a sentence of either language', () => {
	const ward = scope('ward', 'dk', 'Phường Đông Kinh', 'Đông Kinh Ward');
	const say = (locale: 'vi' | 'en', ...of: [Parameters<typeof roleInText>[0], typeof ward | undefined]) =>
		roleInText(...of, createTranslator(locale), locale);
	expect(say('vi', 'ward_officer', ward)).toBe('cán bộ phường ở phường Đông Kinh');
	expect(say('en', 'ward_officer', ward)).toBe('ward officer in Đông Kinh Ward');
	const portal = { kind: 'portal' as const, nameVi: '', nameEn: '' };
	expect(roleInText('auditor', portal, createTranslator('vi'), 'vi')).toBe('người kiểm tra của cả cổng');
	expect(say('vi', 'steward', undefined)).toBe('người phụ trách nhà');
});

test('rows are grouped by place: houses by their code, a place that is gone by itself', () => {
	const row = (id: string, kind: 'house' | 'ward', place?: ReturnType<typeof scope>) => ({
		...{ id, scopeKind: kind, scope: place },
	});
	const a = scope('house', 'a', 'Khu B · NNX-002');
	const b = scope('house', 'b', 'Khu A · NNX-010');
	const ward = scope('ward', 'dk', 'Phường Đông Kinh');
	const rows = [row('1', 'house', b), row('2', 'ward', ward), row('3', 'house', a), row('4', 'house', b)];
	const ids = groupByPlace([...rows, row('5', 'house')]).map(({ kind, places }) => [
		kind,
		places.map((each) => each.map(({ id }) => id)),
	]);
	expect(ids).toEqual([
		['ward', [['2']]],
		['house', [['5'], ['3'], ['1', '4']]],
	]);
});

test('no line ends between the dots and what stands behind them', () => {
	expect(hintText('…5678')).toBe('…\u20605678');
});
