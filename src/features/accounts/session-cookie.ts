import type { Config } from '#lib/config.ts';

/** Over https the browser takes it from this host alone. */
export const sessionCookieName = ({ publicUrl }: Config): string =>
	publicUrl.startsWith('https:') ? '__Host-phien' : 'phien';

/** Whether a request's cookies name a session, be it one that has ended. */
export const namesSession = (config: Config, cookies = ''): boolean =>
	cookies.includes(`${sessionCookieName(config)}=`);
