// On every page: the lists of who is expected that this phone holds, and when they leave it.

const NAME = 'diem-danh';
export const databaseOf = (event: string): string => `${NAME}.${event}`;

/** Until when a list may stay, and for whom. */
type Kept = { until: number; account: string };

/** What is known of each list, by its event. A browser that keeps nothing holds no list. */
export function readKept(): Record<string, Kept> {
	try {
		return JSON.parse(localStorage.getItem(NAME) ?? '{}') as Record<string, Kept>;
	} catch {
		return {};
	}
}
export const writeKept = (kept: Record<string, Kept>): void =>
	localStorage.setItem(NAME, JSON.stringify(kept));

// One that an older version kept says no time of its own.
const isOver = ({ until }: Kept) => !(until > Date.now());

/** Takes the lists that may not stay, or all whose time is over, off this phone. A tab that shows one lets go of it. */
export async function wipeLists(leaves: (list: Kept) => boolean = isOver): Promise<void> {
	const kept = Object.entries(readKept());
	const left = kept.filter(([, list]) => leaves(list));
	if (left.length === 0) return;
	writeKept(Object.fromEntries(kept.filter((each) => !left.includes(each))));
	const wipe = ([event]: [string, Kept]) =>
		new Promise((resolve) => {
			const asked = indexedDB.deleteDatabase(databaseOf(event));
			Object.assign(asked, { onsuccess: resolve, onerror: resolve });
			setTimeout(resolve, 3000);
		});
	await Promise.all(left.map(wipe));
}
