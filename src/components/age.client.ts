const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];
// Vietnam has kept UTC+7 without summer time since 1975.
const dayOf = (instant: number) => Math.floor((instant + 7 * 60 * MINUTE_MS) / DAY_MS);

/** `2 giờ trước`, `hôm qua`, `9 ngày trước`. Days are counted by the calendar of Vietnam, hours within a day. */
export function ageText(instant: number, now: number, language: string): string {
	const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
	// CLDR writes "Hôm qua"; an age stands within a sentence.
	const say = (value: number, unit: Intl.RelativeTimeFormatUnit) => format.format(-value, unit).toLowerCase();
	const minutes = Math.max(0, Math.floor((now - instant) / MINUTE_MS));
	if (minutes < 60) return say(Math.max(1, minutes), 'minute');
	const days = dayOf(now) - dayOf(instant);
	if (days === 0) return say(Math.floor(minutes / 60), 'hour');
	return days < 60 ? say(days, 'day') : say(Math.floor(days / 30), 'month');
}

/** Says how long ago each moment on the page was; the moment itself stays for whoever points at it. */
export function sayAges(): void {
	for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-age]')) {
		time.title ||= time.textContent;
		const language = time.closest<HTMLElement>('[lang]')?.lang ?? 'vi';
		time.textContent = ageText(Date.parse(time.dateTime), Date.now(), language === 'en' ? 'en-GB' : 'vi-VN');
	}
}
