// A photo of a house: of its survey, or of what somebody without an account brought there or found wrong. Private until
// somebody in a role has looked at it and says that everybody may see it.
import type { PhotoTable } from '#db/schema.ts';

/** What a visitor's photo belongs to: a record of their own device. */
export const PHOTO_OWNERS = ['drop-off', 'problem'] as const;
export type PhotoOwner = { kind: (typeof PHOTO_OWNERS)[number]; id: string };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// Decoding a photo costs more than writing a record; a school's pupils share one address.
export const PHOTOS_PER_DEVICE = { limit: 30, windowMs: HOUR_MS };
export const PHOTOS_PER_ADDRESS = { limit: 300, windowMs: HOUR_MS };

/** A visitor's photo that nobody has made public by then is forgotten. */
export const UNDECIDED_KEPT_MS = 180 * DAY_MS;

/** A public photo of a house as its page shows it. */
export type PublicHousePhoto = Pick<PhotoTable, 'id' | 'width' | 'height'> & {
	of: 'survey' | PhotoOwner['kind'];
	takenAt: number;
};
