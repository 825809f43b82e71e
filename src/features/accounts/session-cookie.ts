import type { Config } from '#lib/config.ts';

/** A session ends that long after it began, whatever happens. */
export const SESSION_MS = 90 * 24 * 3_600_000;

/** Over https the browser takes it from this host alone. */
export const sessionCookieName = ({ publicUrl }: Config): string =>
	publicUrl.startsWith('https:') ? '__Host-phien' : 'phien';

/** Whether a request's cookies name a session, be it one that has ended. */
export const namesSession = (config: Config, cookies = ''): boolean =>
	cookies.includes(`${sessionCookieName(config)}=`);
