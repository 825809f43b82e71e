// What a form says of a photo: one that is sent, or the decision on one.
import { field, type Typed } from '#lib/forms.ts';
import { readFrames, type Frame } from './photo-frames.ts';

/** The photo that was chosen, for the store that will keep it; undefined when none was. */
export async function readUpload<Store>(form: FormData, store: Store) {
	const file = form.get('photo');
	if (!(file instanceof File) || file.size === 0) return undefined;
	const bytes = new Uint8Array(await file.arrayBuffer());
	return { bytes, store, hasChildren: field(form, 'hasChildren') === '1' };
}

/** Why a photo was refused though its record was written: the key of the sentence, for the page that says both. */
export const PHOTO_REFUSALS = [
	...(['photoTooLarge', 'photoKind', 'photoUnreadable', 'photoStoreAway'] as const),
	...(['photoIsAnother', 'photoTooLate', 'photoRecordMissing', 'tooManyRequests'] as const),
];
export type PhotoRefusal = (typeof PHOTO_REFUSALS)[number];
export const readPhotoRefusal = (text: string | null): PhotoRefusal | undefined =>
	PHOTO_REFUSALS.find((each) => each === text);

/** The refusal as it goes with the address of the page that follows. */
export const photoRefusalQuery = (refusal: { key: string } | undefined): string =>
	refusal ? `&anh=${refusal.key}` : '';

/** What an approver says of a photo, and which parts of it are blacked out; what is not approved needs no frames. */
export function readDecision<Store>(form: Typed, store: Store) {
	const seen = field(form, 'seenAt');
	const seenAt = /^\d{1,15}$/.test(seen) ? Number(seen) : null;
	const isApproved = field(form, 'status') === 'approved';
	const frames: Frame[] = isApproved ? readFrames(form) : [];
	return {
		status: isApproved ? ('approved' as const) : ('refused' as const),
		seenAt,
		redaction: { frames, store },
	};
}
