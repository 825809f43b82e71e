// On every page: the lists of who is expected that this phone holds, and when they leave it.

const NAME = 'diem-danh';
export const databaseOf = (event: string): string => `${NAME}.${event}`;

/** Until when each list may stay, by its event. A browser that keeps nothing holds no list. */
export function readKept(): Record<string, number> {
	try {
		return JSON.parse(localStorage.getItem(NAME) ?? '{}') as Record<string, number>;
	} catch {
		return {};
	}
}
export const writeKept = (kept: Record<string, number>): void =>
	localStorage.setItem(NAME, JSON.stringify(kept));

/** Takes the lists whose time is over by then off this phone. Another tab that shows one lets go of it. */
export async function wipeLists(now = Date.now()): Promise<void> {
	const kept = Object.entries(readKept());
	if (kept.length === 0) return;
	const isOver = ([, until]: [string, number]) => until <= now;
	writeKept(Object.fromEntries(kept.filter((each) => !isOver(each))));
	const wipe = ([event]: [string, number]) =>
		new Promise((resolve) => {
			const asked = indexedDB.deleteDatabase(databaseOf(event));
			Object.assign(asked, { onsuccess: resolve, onerror: resolve });
			setTimeout(resolve, 3000);
		});
	await Promise.all(kept.filter(isOver).map(wipe));
}

/** Whoever signs out, or erases their account, takes the lists along: the form goes once they are gone. */
export function wipeAtSignOut(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signs-out]'))
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			const send = () => form.submit();
			void wipeLists(Infinity).then(send, send);
		});
}
