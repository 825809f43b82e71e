const formatOf = (dateStyle: 'short' | 'medium') =>
	new Intl.DateTimeFormat('en-GB', { dateStyle, timeStyle: 'short', timeZone: 'Asia/Ho_Chi_Minh' });

/**
 * An instant of this phone as the portal writes instants, in Vietnam: `26/11/2026, 16:46`, on an English page
 * `26 Nov 2026, 16:46`.
 */
export const phoneTime = (instant: number): string =>
	formatOf(document.documentElement.lang === 'en' ? 'medium' : 'short').format(instant);
