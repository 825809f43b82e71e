// The hours that the register has for a house, as people write them: `06:00-19:00`, `7h - 11h, 13h30 - 17h`.
import { toLocalIso } from '#lib/time.ts';

const TIME = String.raw`(\d{1,2})\s*(?:(?::|giờ|h|g)\s*(\d{2})?)`;
const SPAN = new RegExp(String.raw`${TIME}\s*(?:-|–|đến|tới)\s*${TIME}`, 'giu');

const toMinutes = (hour = '', minute = '') => Number(hour) * 60 + Number(minute || 0);

/**
 * Whether a house's hours hold this instant, by the clock of Lạng Sơn; undefined when the hours are not known or
 * say more than times of the day ("chỉ thứ bảy"): that is not "shut".
 */
export function isWithinHours(hours: string, now: number): boolean | undefined {
	const spans = [...hours.matchAll(SPAN)];
	const rest = hours.replace(SPAN, '').replace(/[\s,;.&]|và|hằng ngày|hàng ngày|mỗi ngày/giu, '');
	if (rest !== '' || spans.length === 0) return undefined;
	const clock = toLocalIso(now).slice(11, 16).split(':');
	const minute = toMinutes(clock[0], clock[1]);
	return spans.some(([, fromHour, fromMinute, toHour, toMinute]) => {
		const [from, to] = [toMinutes(fromHour, fromMinute), toMinutes(toHour, toMinute)];
		// Over midnight, or the whole day as `00:00-00:00`.
		return from < to ? minute >= from && minute < to : minute >= from || minute < to;
	});
}
