// The outbox on the phone: one IndexedDB store that every page, tab and the service worker share.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { readMark, writeMark } from './outbox-mark.client.ts';
import { ownItems, photosOf, type OutboxItem } from './outbox.ts';

interface Schema extends DBSchema {
	outbox: { key: string; value: OutboxItem };
	/** When this store was made: one that the browser threw out comes back with another date. */
	made: { key: 'at'; value: number };
}

// Never raised: a page of an older version must still be able to read what a newer one wrote.
const VERSION = 1;

let opened: Promise<IDBPDatabase<Schema>> | undefined;
const open = () =>
	(opened ??= openDB<Schema>('nha-xanh', VERSION, {
		upgrade: (db) => {
			db.createObjectStore('outbox', { keyPath: 'id' });
			void db.createObjectStore('made').put(Date.now(), 'at');
		},
		terminated: () => (opened = undefined),
	}).catch((error: unknown) => {
		// Raised all the same, by a newer version that was taken back: what lies there is read as it is.
		if ((error as Error).name === 'VersionError') return openDB<Schema>('nha-xanh');
		opened = undefined;
		throw error;
	}));

/** Every waiting record, oldest first. */
export async function listItems(): Promise<OutboxItem[]> {
	const items = await (await open()).getAll('outbox');
	return items.sort((a, b) => a.madeAt - b.madeAt);
}

/**
 * Resolves when the disk has it, and the photo with it. `replaces` is the refused record that this one corrects: its photo
 * goes on with the new one, unless that has its own.
 */
export async function putItem(item: OutboxItem, replaces?: string, photo?: OutboxItem): Promise<void> {
	const trx = (await open()).transaction('outbox', 'readwrite', { durability: 'strict' });
	await trx.store.put(item);
	if (photo) await trx.store.put(photo);
	if (replaces !== undefined && replaces !== item.id) {
		await trx.store.delete(replaces);
		for (const old of photosOf(await trx.store.getAll(), replaces))
			if (photo) await trx.store.delete(old.id);
			else await trx.store.put({ ...old, body: { ...old.body, record: item.id } });
	}
	await trx.done;
}

/** Its owner threw it away, and the photo with it; or the form has it again. */
export async function dropItem(id: string): Promise<void> {
	const trx = (await open()).transaction('outbox', 'readwrite');
	for (const photo of photosOf(await trx.store.getAll(), id)) await trx.store.delete(photo.id);
	await trx.store.delete(id);
	await trx.done;
}

/** Its record stands in the portal. */
export async function removeItem(id: string): Promise<void> {
	await (await open()).delete('outbox', id);
}

/** Keeps what the portal said of a record; one that has gone meanwhile stays gone. */
async function noteItem(id: string, said: Pick<OutboxItem, 'refusal' | 'waitsFor'>): Promise<void> {
	const trx = (await open()).transaction('outbox', 'readwrite');
	const item = await trx.store.get(id);
	if (item) {
		const { waitsFor: _before, ...whole } = item;
		await trx.store.put({ ...whole, ...said });
	}
	await trx.done;
}

/** The portal refused it: why, until its owner corrects it. */
export const refuseItem = (id: string, refusal: string): Promise<void> => noteItem(id, { refusal });

/** It cannot go yet, and is tried again: for what it waits. */
export const holdItem = (id: string, waitsFor: string): Promise<void> => noteItem(id, { waitsFor });

/** How many waited in a store that is no more: the browser threw them out before they were sent. */
export async function countLost(): Promise<number> {
	const { count, madeAt } = readMark();
	return count > 0 && (await (await open()).get('made', 'at')) !== madeAt ? count : 0;
}

/** Remembers how many wait, and with that forgets those that were lost. */
export async function rememberCount(): Promise<void> {
	const db = await open();
	const { length: count } = ownItems(await db.getAll('outbox'));
	writeMark({ count, madeAt: (await db.get('made', 'at')) ?? 0 });
}
