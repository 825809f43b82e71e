import { expect, test } from 'vitest';
import { preferredLocale } from '#lib/i18n.ts';

test.each([
	[null, 'vi'],
	['', 'vi'],
	['en', 'en'],
	['EN-us,en;q=0.9', 'en'],
	['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
	['fr-FR,fr;q=0.9,en;q=0.5', 'en'],
	['vi;q=0.3, en;q=0.7', 'en'],
	['en;q=0', 'vi'],
	['enx, de', 'vi'],
	['en;q=much', 'vi'],
])('Accept-Language “%s” is answered in %s', (header, locale) =>
	expect(preferredLocale(header)).toBe(locale),
);
