import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTranslator, localePath, locales, stripLocale, type MessageKey } from '#lib/i18n.ts';
import { resources } from '#locales/index.ts';

type Sentence = { key: string; text: string };
const sentencesOf = (value: unknown, key: string): Sentence[] =>
	typeof value === 'string'
		? [{ key, text: value }]
		: Object.entries(value as Record<string, unknown>).flatMap(([part, each]) =>
				sentencesOf(each, /:$/.test(key) ? `${key}${part}` : `${key}.${part}`),
			);
const all = (locale: 'vi' | 'en') =>
	Object.entries(resources[locale]).flatMap(([namespace, value]) => sentencesOf(value, `${namespace}:`));

const withoutPlural = (key: string) => key.replace(/_(zero|one|other)$/, '');
const namesIn = (text: string) =>
	[...new Set([...text.matchAll(/\{\{\s*([^},\s]+)/g)].map(([, name]) => name!))].sort();
/** Every name that a sentence takes, over all forms of its plural. */
const namesByKey = (locale: 'vi' | 'en') => {
	const names = new Map<string, Set<string>>();
	for (const { key, text } of all(locale)) {
		const known = names.get(withoutPlural(key)) ?? new Set();
		for (const name of namesIn(text)) known.add(name);
		names.set(withoutPlural(key), known);
	}
	return Object.fromEntries([...names].map(([key, known]) => [key, [...known].sort()]));
};

const EXAMPLES: Record<string, string | number> = {
	...{
		count: 7,
		min: 1,
		max: 5000,
		left: 2,
		capacity: 40,
		best: 15,
		points: 10,
		cap: 5,
		lines: 90_000,
		cash: 1,
		metres: 450,
		accuracy: 8,
	},
	...{
		small: 1.5,
		large: 1500,
		free: 5000,
		total: 105,
		amount: 1000,
		counted: 9000,
		book: 9500,
		percent: 20,
		covered: 214,
		size: 75,
		held: 900,
		low: 3,
		weighed: 5.8,
		declared: 588,
		high: 9,
		sequence: 5,
		number: 3,
		rows: 20_000,
		seconds: 75,
		columns: 256,
		line: 5,
		first: 2,
		pupils: 456,
	},
	...{
		month: '2026-10',
		days: 30,
		seen: '2026-11-21',
		closed: '2026-11-22',
		sales: 1,
		statements: 2,
		counts: 1,
		reversals: 1,
	},
	...{ told: 2, most: 12, number: 3, cycles: 4, houses: 5, place: 6 },
	...{ day: '2026-11-21', due: '2026-11-21', date: '2026-11-21', from: '2026-11-21', to: '2026-11-22' },
};

describe('the two languages', () => {
	test('have the same sentences', () => {
		expect(Object.keys(resources.en)).toEqual(Object.keys(resources.vi));
		expect(Object.keys(namesByKey('en')).sort()).toEqual(Object.keys(namesByKey('vi')).sort());
	});

	test('write every quantity with the separators of their language', () => {
		const bare = [...all('vi'), ...all('en')].filter(({ text }) => /\{\{(count|min|max)\}\}/.test(text));
		expect(bare).toEqual([]);
	});

	test('take the same values in each sentence', () => {
		// A plural's “one person” needs no figure, so a count may be missing from one form and not from all.
		expect(namesByKey('en')).toEqual(namesByKey('vi'));
	});

	test.each(locales)('have no empty, doubled or decomposed text in %s', (locale) => {
		const wrong = all(locale).filter(
			({ text }) =>
				text.trim() !== text || text === '' || / {2}/.test(text) || text !== text.normalize('NFC'),
		);
		expect(wrong).toEqual([]);
	});

	test.each(locales)('have every plural form that %s counts in', (locale) => {
		const forms = new Map<string, string[]>();
		for (const { key } of all(locale)) {
			const form = /_(zero|one|other)$/.exec(key)?.[1];
			if (form) forms.set(withoutPlural(key), [...(forms.get(withoutPlural(key)) ?? []), form]);
		}
		const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
		expect(forms.size).toBeGreaterThan(0);
		for (const [key, found] of forms) expect([key, found]).toEqual([key, expect.arrayContaining(needed)]);
	});

	test.each(locales)(
		'say every sentence of %s with its values and without a trace of its template',
		(locale) => {
			const t = createTranslator(locale);
			for (const [key, names] of Object.entries(namesByKey(locale))) {
				const values = Object.fromEntries(names.map((name) => [name, EXAMPLES[name] ?? 'ABC']));
				for (const count of [0, 1, 2, 7]) {
					const said = t(key as MessageKey, { ...values, count });
					expect([key, said]).toEqual([key, expect.not.stringMatching(/\{\{|\}\}|undefined|NaN|^$/)]);
					expect(said).not.toBe(key.slice(key.indexOf(':') + 1));
				}
			}
		},
	);
});

test('no key stands twice in a file: the last one would win without a word', () => {
	const dense = (text: string) => text.replace(/\s/g, '');
	const twice = globSync('src/locales/*/*.json').filter((file) => {
		const text = readFileSync(file, 'utf8');
		return dense(JSON.stringify(JSON.parse(text))) !== dense(text);
	});
	expect(twice).toEqual([]);
});

test('a count chooses the form of the sentence', () => {
	const [vi, en] = [createTranslator('vi'), createTranslator('en')];
	const say = (t: typeof vi) => [1, 2].map((count) => t('collections:declared', { count }));
	expect(say(vi)).toEqual(['Đã khai: 1 lượt mang đến', 'Đã khai: 2 lượt mang đến']);
	const [one, two] = say(en);
	expect(one?.replace('1', '2')).not.toBe(two);
});

test('what people typed is said as it is, never read as a template or a key', () => {
	const t = createTranslator('vi');
	for (const material of ['{{count}}', '$t(common:unit.kg)', '<b>&amp;</b>', '{{material}}', '$1 $& $`'])
		expect(t('errors:materialNotTaken', { material })).toBe(`Nhà này không nhận ${material}.`);
});

test.each([
	['/', 'vi', '/', '/'],
	['/en', 'en', '/', '/en'],
	['/en/quy', 'en', '/quy', '/en/quy'],
	['/quy', 'vi', '/quy', '/quy'],
	['/english', 'vi', '/english', '/english'],
	['/EN/quy', 'vi', '/EN/quy', '/EN/quy'],
	['/en/en', 'en', '/en', '/en/en'],
] as const)('%s is %s of %s, and back', (address, locale, path, again) => {
	expect(stripLocale(address)).toEqual({ locale, path });
	expect(localePath(locale, path)).toBe(again);
});

test.each([
	['vi', 'Số lượng này quá lớn. Mỗi dòng nhiều nhất 5.000 kg.', '21/11/2026'],
	['en', 'That is too much. One line holds 5,000 kg at most.', '21 Nov 2026'],
] as const)('numbers and dates stand in a sentence as %s writes them', (locale, sentence, day) => {
	const t = createTranslator(locale);
	expect(t('errors:quantityTooLarge', { max: 5000 })).toBe(sentence);
	expect(t('errors:paidBeforeApproval', { date: '2026-11-21' })).toContain(day);
});
