// The list of an event on a lead's phone, in a database of its own: the outbox stays when it goes.
import type { List } from './attendance.ts';
import { databaseOf, readKept, wipeLists, writeKept } from './attendance-wipe.client.ts';

const STORE = 'list';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
	});

async function open(event: string): Promise<IDBObjectStore> {
	const asked = indexedDB.open(databaseOf(event), 1);
	asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
	const db = await done(asked);
	// Another tab signs out: this one shows no names any more.
	db.onversionchange = () => {
		db.close();
		location.reload();
	};
	return db.transaction(STORE, 'readwrite').objectStore(STORE);
}

/** The list of an event; none once its time is over. */
export async function readList(event: string): Promise<List | undefined> {
	await wipeLists();
	return readKept()[event] === undefined ? undefined : done((await open(event)).get(1) as IDBRequest<List>);
}

/** The lists that this phone holds, of whose time none is over. */
export async function listLists(): Promise<List[]> {
	await wipeLists();
	const lists = await Promise.all(Object.keys(readKept()).map(readList));
	return lists.filter((list) => list !== undefined);
}

/** Keeps the list until its time is over, by this phone's clock: how wrong that is, shows when the list comes. */
export async function saveList(list: List): Promise<void> {
	const { event, account } = list;
	writeKept({ ...readKept(), [event]: { until: list.until - list.now + list.savedAt, account } });
	await done((await open(list.event)).put(list, 1));
}
