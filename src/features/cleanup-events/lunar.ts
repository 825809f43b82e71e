import type { Translate } from '#lib/i18n.ts';
import type { LunarWords } from './lunar-words.ts';

/** What {@link LunarWords} says in the reader's language. */
export const lunarWords = (t: Translate): LunarWords => ({
	date: t('lunar:date', { day: '{{day}}', month: '{{month}}' }),
	early: t('lunar:early', { day: '{{day}}', month: '{{month}}' }),
	leapDate: t('lunar:leapDate', { day: '{{day}}', month: '{{month}}' }),
	leapEarly: t('lunar:leapEarly', { day: '{{day}}', month: '{{month}}' }),
	months: t('lunar:months').split(', '),
	holidays: {
		newYear: t('lunar:holidays.newYear'),
		tet: t('lunar:holidays.tet'),
		hungKings: t('lunar:holidays.hungKings'),
		reunification: t('lunar:holidays.reunification'),
		labour: t('lunar:holidays.labour'),
		national: t('lunar:holidays.national'),
	},
});
