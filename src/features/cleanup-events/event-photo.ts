// Photos of a clean-up, before and after: private until somebody of the ward has looked at them.
import type { PhotoTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';

export const MOMENTS = ['before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Which side of a pair a form names. Refuses with 422. */
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

export type EventPhoto = Pick<PhotoTable, 'id' | 'width' | 'height' | 'status' | 'childrenDeclared'> & {
	moment: Moment;
};

/** What was there before beside what it became, in the order in which they were sent; one side may have none left. */
export function pairPhotos<Photo extends { moment: Moment }>(photos: Photo[]) {
	const [before, after] = MOMENTS.map((moment) => photos.filter((photo) => photo.moment === moment));
	return Array.from({ length: Math.max(before!.length, after!.length) }, (_, index) => [
		before![index],
		after![index],
	]);
}
