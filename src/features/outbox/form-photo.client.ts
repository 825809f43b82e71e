// The photo of a form, if one was chosen: only then the script that makes it small is fetched.
import type { OutboxItem } from './outbox.ts';

/** `unreadable` is a file that the phone can make no photo of. */
export async function readPhoto(
	form: FormData,
	record: OutboxItem,
	words: string,
): Promise<OutboxItem | 'unreadable' | undefined> {
	const file = form.get('photo');
	if (!(file instanceof File) || file.size === 0) return undefined;
	const { makePhotoItem } = await import('./photo-item.client.ts');
	const hasChildren = form.get('hasChildren') === '1';
	return (await makePhotoItem(record, { file, hasChildren, words })) ?? 'unreadable';
}
