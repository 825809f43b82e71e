// Which events a feed holds: those of a ward, of an organisation or of a series, from two months ago on.
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

export type FeedFilter = {
	wardId?: string | undefined;
	organisationId?: string | undefined;
	seriesId?: string | undefined;
};

export const FEED_LIMIT = 500;
export const FEED_PAST_MS = 60 * 24 * 60 * 60 * 1000;

/** `?ward=`, `?organisation=` and `?series=`, ids all of them. Refuses with 400 what is written otherwise. */
export function parseFeedFilter(params: URLSearchParams): FeedFilter {
	const [ward, organisation] = [params.get('ward'), params.get('organisation')];
	const organisationId = organisation === null ? undefined : normaliseUuid(organisation);
	if (organisation !== null && !organisationId)
		throw new DomainError('BAD_REQUEST', 'unknownOrganisation', { field: 'organisation' });
	if (ward !== null && !/^[a-z0-9-]{1,40}$/.test(ward))
		throw new DomainError('BAD_REQUEST', 'wardUnknown', { field: 'ward' });
	const series = params.get('series');
	const seriesId = series === null ? undefined : normaliseUuid(series);
	if (series !== null && !seriesId)
		throw new DomainError('BAD_REQUEST', 'unknownSeries', { field: 'series' });
	return { wardId: ward ?? undefined, organisationId, seriesId };
}
