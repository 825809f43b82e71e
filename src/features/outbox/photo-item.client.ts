// A photo that goes with a record of the outbox: made small on the phone, so that little is kept and sent.
import { mintId } from './outbox.client.ts';
import type { OutboxItem, PhotoBody } from './outbox.ts';

const MAX_SIDE = 1280;
const QUALITY = 0.75;

/** Upright, small, and nothing but its pixels; undefined when the phone cannot read it. */
export async function shrink(file: File): Promise<ArrayBuffer | undefined> {
	const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
	if (!picture) return undefined;
	const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	picture.close();
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
	return blob?.arrayBuffer();
}

/** The photo of a form as it waits beside `record`. `words` hold `{{record}}`. */
export async function makePhotoItem(
	form: FormData,
	record: OutboxItem,
	words: string,
): Promise<OutboxItem | 'unreadable'> {
	const photo = await shrink(form.get('photo') as File);
	if (!photo) return 'unreadable';
	const id = mintId();
	const hasChildren = form.get('hasChildren') === '1' ? '1' : '';
	const body = { id, of: record.kind, record: record.id, hasChildren, photo } satisfies PhotoBody;
	const { language, madeAt } = record;
	// After its record in every list.
	const shown = { text: words.replace('{{record}}', () => record.text), correctPath: '', madeAt: madeAt + 1 };
	return { id, kind: 'photo', body, language, ...shown };
}
