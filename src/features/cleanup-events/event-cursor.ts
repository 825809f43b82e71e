import { isUuid } from '#lib/uuid.ts';

type Key = { startsAt: number; id: string };

/** The place after which the next page begins, as it stands in an address. */
export const formatCursor = ({ startsAt, id }: Key): string => `${startsAt}_${id}`;

/** Reads {@link formatCursor}; undefined for anything else. */
export function parseCursor(text: string): Key | undefined {
	const match = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(text);
	const [, startsAt, id] = match ?? [];
	return startsAt !== undefined && id !== undefined && isUuid(id)
		? { startsAt: Number(startsAt), id }
		: undefined;
}
