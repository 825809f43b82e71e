// On every page: how many records wait, and the moments at which they are sent.
import { ownItems, type OutboxItem } from './outbox.ts';
import { announceChange, CHANNEL, sendOutbox } from './outbox-send.client.ts';
import { countLost, dropItem, listItems, putItem, rememberCount } from './outbox-store.client.ts';

type SyncManager = { register(tag: string): Promise<void> };

async function show(note: HTMLElement): Promise<void> {
	const items = ownItems(await listItems());
	const lost = await countLost();
	const refused = items.filter(({ refusal }) => refusal !== undefined).length;
	// Said until its owner has read it on the page of the outbox.
	if (lost === 0) await rememberCount();
	const word = lost > 0 ? 'lost' : refused > 0 ? 'refused' : 'waiting';
	note.textContent = (note.dataset[word] ?? '').replace('{{n}}', String(lost || refused || items.length));
	note.hidden = items.length === 0 && lost === 0;
}

/** Shows the count and sends on load, on `online`, on becoming visible, and when another tab queued something. */
export function watchOutbox(): void {
	const note = document.querySelector<HTMLElement>('[data-outbox]');
	if (!note || !('indexedDB' in window)) return;
	const update = () => void show(note).catch(() => undefined);
	const trySend = () => void sendOutbox().then(update, () => undefined);
	update();
	trySend();
	addEventListener('online', trySend);
	addEventListener('pageshow', ({ persisted }) => persisted && trySend());
	document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && trySend());
	if ('BroadcastChannel' in window) new BroadcastChannel(CHANNEL).addEventListener('message', update);
}

/** Says above a form's fields why it was not sent. */
export function sayAbove(form: HTMLFormElement, sentence: string): void {
	const alert = form.querySelector<HTMLElement>('[data-alert]');
	if (!alert) return;
	alert.role = 'alert';
	alert.textContent = sentence;
	alert.hidden = false;
	alert.scrollIntoView({ block: 'center' });
}

/**
 * Keeps one record on the phone, then sends what waits. `refused` means that the portal said no at once, while its
 * writer still looks at the form: it waits no longer, and the form says what is wrong. Rejects when the phone could not
 * keep it.
 * @param replaces the refused record that this one corrects
 * @param photo of this record: it goes after it
 */
export async function queue(
	item: OutboxItem,
	replaces?: string,
	photo?: OutboxItem,
): Promise<'sent' | 'refused' | 'waits'> {
	await putItem(item, replaces, photo);
	// From here on it is kept: what fails now may not have it sent in another way too.
	return sendKept(item).catch(() => 'waits');
}

async function sendKept({ id }: OutboxItem): Promise<'sent' | 'refused' | 'waits'> {
	await rememberCount();
	announceChange();
	await sendOutbox().catch(() => undefined);
	const kept = (await listItems()).find((each) => each.id === id);
	if (kept?.refusal !== undefined) await dropItem(id);
	await rememberCount();
	if (!kept) return 'sent';
	if (kept.refusal !== undefined) return 'refused';
	await keepForLater();
	return 'waits';
}

/** Asks the browser to keep the store, and to wake the service worker when there is a network again; both may refuse. */
export async function keepForLater(): Promise<void> {
	await navigator.storage?.persist?.().catch(() => false);
	const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
	const { sync } = (worker ?? {}) as { sync?: SyncManager };
	await sync?.register(CHANNEL).catch(() => undefined);
}

/** A version-4 UUID; `randomUUID` is missing on plain http. */
export function mintId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = (bytes[6]! & 0x0f) | 0x40;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The photo of a form, if one was chosen: only then its script is fetched. `unreadable`: the phone can make none of it. */
export async function readPhoto(
	form: FormData,
	record: OutboxItem,
	words: string,
): Promise<OutboxItem | 'unreadable' | undefined> {
	if (!(form.get('photo') as File | null)?.size) return undefined;
	return (await import('./photo-item.client.ts')).makePhotoItem(form, record, words);
}
