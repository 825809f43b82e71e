// Photos of a clean-up: one that invites to it, and those of before and after. Private until somebody of the ward has
// looked at them.
import type { PhotoTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';

export const SIDES = ['before', 'after'] as const;
export const MOMENTS = [...SIDES, 'cover'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What photos an event takes now: one that invites until it ends, the others once it has begun. */
export const momentsAt = (
	{ startsAt, endsAt }: { startsAt: number; endsAt: number },
	now: number,
): Moment[] => [...(now >= startsAt ? SIDES : []), ...(now < endsAt ? (['cover'] as const) : [])];

/** Of what a form says that its photo is. Refuses with 422. */
export function readMoment(text: string): Moment {
	const moment = MOMENTS.find((each) => each === text);
	if (!moment) throw new DomainError('UNPROCESSABLE_CONTENT', 'momentMissing', { field: 'moment' });
	return moment;
}

/** The photo of a form. Refuses with 422 when none was chosen. */
export function requireUpload<Upload>(upload: Upload | undefined): Upload {
	if (upload === undefined) throw new DomainError('UNPROCESSABLE_CONTENT', 'choosePhoto', { field: 'photo' });
	return upload;
}

/** Of one event; what was refused leaves its place to another one. */
export const MAX_EVENT_PHOTOS = 6;
/** So often another photo may take the place of the one that invites. */
export const MAX_COVERS = 3;

/** How many more photos of a moment an event takes. */
export function photosLeft(photos: { moment: Moment }[], moment: Moment): number {
	const own = photos.filter((photo) => (photo.moment === 'cover') === (moment === 'cover')).length;
	return (moment === 'cover' ? MAX_COVERS : MAX_EVENT_PHOTOS) - own;
}

export type EventPhoto = Pick<PhotoTable, 'id' | 'width' | 'height' | 'status' | 'childrenDeclared'> & {
	moment: Moment;
};

/** What was there before beside what it became, in the order in which they were sent; one side may have none left. */
export function pairPhotos<Photo extends { moment: Moment }>(photos: Photo[]) {
	const [before, after] = SIDES.map((moment) => photos.filter((photo) => photo.moment === moment));
	return Array.from({ length: Math.max(before!.length, after!.length) }, (_, index) => [
		before![index],
		after![index],
	]);
}
