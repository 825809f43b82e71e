import { afterEach, expect, test, vi } from 'vitest';
import { phoneTime } from '#features/outbox/phone-time.client.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
	['vi', '06/12/2026, 07:05'],
	['en', '6 Dec 2026, 07:05'],
])('a phone writes instants as the pages of its language do: %s', (lang, said) => {
	vi.stubGlobal('document', { documentElement: { lang } });
	expect(phoneTime(Date.parse('2026-12-06T00:05:00Z'))).toBe(said);
});
