import i18next from 'i18next';
import { formatDate, formatMonth } from './time.ts';
import { resources } from '#locales/index.ts';

export const locales = ['vi', 'en'] as const;
export type Locale = (typeof locales)[number];

type Resources = (typeof resources)['vi'];
type Leaves<T> = {
	[K in keyof T & string]: T[K] extends string ? K : `${K}.${Leaves<T[K]>}`;
}[keyof T & string];
type WithoutPlural<K extends string> = K extends `${infer Base}_${'zero' | 'one' | 'other'}` ? Base : K;

/** `namespace:dot.path` of every sentence; a plural is asked for without its suffix, with `count`. */
export type MessageKey = {
	[N in keyof Resources & string]: `${N}:${WithoutPlural<Leaves<Resources[N]>>}`;
}[keyof Resources & string];

/** Says a sentence in the reader's language. Escaping is the view's job. */
export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string;

const instance = i18next.createInstance();
await instance.init<unknown>({
	resources,
	fallbackLng: false,
	ns: Object.keys(resources.vi),
	defaultNS: 'common',
	interpolation: { escapeValue: false },
});
// `{{date, day}}`: a calendar date as the reader's language writes it.
instance.services.formatter?.add('day', (date: string, locale) => formatDate(date, locale as Locale));
// `{{month, month}}`: `2026-11` as the reader's language writes it.
instance.services.formatter?.add('month', (month: string, locale) => formatMonth(month, locale as Locale));

const translators = Object.fromEntries(
	locales.map((locale) => {
		const fixed = instance.getFixedT(locale);
		// A page says the same few sentences for each of its rows, and to look one up takes long.
		const found = new Map<MessageKey, string>();
		const find = (key: MessageKey): string => {
			const sentence = found.get(key) ?? fixed(key, { skipInterpolation: true });
			found.set(key, sentence);
			return sentence;
		};
		const say: Translate = (key, values) => {
			if (!values) return find(key);
			// A count chooses the sentence, and a format belongs to the library.
			if ('count' in values || /\{\{\w+,/.test(find(key))) return fixed(key, values);
			return find(key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
		};
		return [locale, say];
	}),
) as Record<Locale, Translate>;

export const createTranslator = (locale: Locale): Translate => translators[locale];

/** The language that an `Accept-Language` header prefers (RFC 9110 §12.5.4); Vietnamese when it names neither. */
export function preferredLocale(header: string | null): Locale {
	let best: { locale: Locale; weight: number } = { locale: 'vi', weight: 0 };
	for (const part of (header ?? '').toLowerCase().split(',')) {
		const [tag, ...parameters] = part.split(';').map((each) => each.trim());
		const locale = locales.find((each) => tag === each || tag?.startsWith(`${each}-`));
		const quality = parameters.find((each) => each.startsWith('q='));
		const weight = quality === undefined ? 1 : Number(quality.slice(2));
		if (locale && weight > best.weight) best = { locale, weight };
	}
	return best.locale;
}

/** `/quy` in Vietnamese, `/en/quy` in English. */
export function localePath(locale: Locale, path: string): string {
	if (locale === 'vi') return path;
	return path === '/' ? '/en' : `/en${path}`;
}

/** Takes the language off a path: `/en/quy` is English and `/quy`. */
export function stripLocale(path: string): { locale: Locale; path: string } {
	const match = /^\/en(?=\/|$)/.exec(path);
	return match ? { locale: 'en', path: path.slice(3) || '/' } : { locale: 'vi', path };
}
