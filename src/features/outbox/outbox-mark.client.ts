// What a page knows of the outbox without opening it: how many a page last counted, and in which store. A cookie
// outlives storage that the browser throws out.
const NAME = 'cho-gui';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export type Mark = { count: number; madeAt: number };

export function readMark(): Mark {
	const found = new RegExp(`(?:^|; )${NAME}=(\\d+)\\.(\\d+)`).exec(document.cookie);
	return { count: Number(found?.[1] ?? 0), madeAt: Number(found?.[2] ?? 0) };
}

export function writeMark({ count, madeAt }: Mark): void {
	const age = count === 0 ? 0 : YEAR_SECONDS;
	document.cookie = `${NAME}=${count}.${madeAt}; path=/; max-age=${age}; samesite=lax`;
}
