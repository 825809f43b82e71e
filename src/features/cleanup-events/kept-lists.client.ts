// What the pages that stand in without a network say of the check-ins on this phone.
import type { OutboxItem } from '../outbox/outbox.ts';
import { listLists, readList } from './attendance-store.client.ts';

/** Names each check-in whose list this phone holds, and leads back to it. */
export async function showKeptLists(): Promise<void> {
	const place = document.querySelector<HTMLElement>('[data-kept-lists]');
	const row = place?.querySelector('template');
	if (!place || !row || !('indexedDB' in window)) return;
	for (const { event, title } of await listLists()) {
		const made = row.content.cloneNode(true) as DocumentFragment;
		const link = made.querySelector('a')!;
		link.href = (place.dataset['keptLists'] ?? '').replace('{{id}}', event);
		link.querySelector('[lang]')!.textContent = title;
		place.append(made);
		place.hidden = false;
	}
}

/** The person whom a waiting check-in is about, as long as their name is on this phone: the outbox itself holds none. */
export async function personOf({ kind, body }: OutboxItem): Promise<string | undefined> {
	const [event, signUpId] = [body?.['event_id'], body?.['sign_up_id']];
	if (kind !== 'attendance' || typeof event !== 'string' || typeof signUpId !== 'string') return undefined;
	const row = (await readList(event))?.rows.find(({ id }) => id === signUpId);
	return row?.kind === 'person' ? row.name : undefined;
}
