// Which events a feed holds: those of a ward or of an organisation, from two months ago on.
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

export type FeedFilter = { wardId?: string | undefined; organisationId?: string | undefined };

export const FEED_LIMIT = 500;
export const FEED_PAST_MS = 60 * 24 * 60 * 60 * 1000;

/** `?ward=` and `?organisation=`, ids both. Refuses with 400 what is written otherwise. */
export function parseFeedFilter(params: URLSearchParams): FeedFilter {
	const [ward, organisation] = [params.get('ward'), params.get('organisation')];
	const organisationId = organisation === null ? undefined : normaliseUuid(organisation);
	if (organisation !== null && !organisationId)
		throw new DomainError('BAD_REQUEST', 'unknownOrganisation', { field: 'organisation' });
	if (ward !== null && !/^[a-z0-9-]{1,40}$/.test(ward))
		throw new DomainError('BAD_REQUEST', 'wardUnknown', { field: 'ward' });
	return { wardId: ward ?? undefined, organisationId };
}
