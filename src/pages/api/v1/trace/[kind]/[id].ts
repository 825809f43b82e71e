import type { APIRoute } from 'astro';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';
import { openWalk } from '#features/trace/open-walk.ts';
import { walk } from '#features/trace/walk.repository.ts';
import { TRACE_KINDS } from '#features/trace/walk.ts';
import { json } from '#lib/api.ts';
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/** The chain from one thing backward to what was brought and forward to what it paid for (docs/trace.md). */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const kind = TRACE_KINDS.find((each) => each === params['kind']);
	const id = normaliseUuid(params['id'] ?? '');
	const after = url.searchParams.get('after');
	const found = kind && id && (await walk(db, kind, id, after?.toLowerCase()));
	if (!found) throw new DomainError('NOT_FOUND', 'unknownTrace');
	return json(openWalk(found), { headers: OPEN_DATA_HEADERS });
};
