import type { APIRoute } from 'astro';
import { requireActor } from '#features/accounts/actor.ts';
import { findPerson } from '#features/accounts/person.repository.ts';
import { isRecent } from '#features/accounts/session.service.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { toCsv, withReadableTimes } from '#features/privacy/own-data.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { inviteeHashes } from '#features/team/role.service.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';

const TYPES: Record<string, string> = { json: 'application/json', csv: 'text/csv' };

/** Everything that the portal keeps about whoever is signed in, and has shown who they are a moment ago. */
export const GET: APIRoute = async ({ params, locals }) => {
	const { db, secret, t, locale, actor, session, now } = locals;
	const kind = params['kind'] ?? '';
	const type = TYPES[kind];
	if (!type) return new Response(null, { status: 404 });
	requireActor(actor);
	if (!session || !isRecent(session, now)) throw new DomainError('FORBIDDEN', 'confirmFirst');
	const person = await findPerson(db, actor.personId);
	const data = await readOwnData(db, actor.personId, person ? inviteeHashes(secret, person) : []);
	const body =
		kind === 'csv'
			? toCsv(data, { t, locale, materials: await listMaterials(db) })
			: JSON.stringify(withReadableTimes(data), null, '\t');
	return new Response(body, {
		headers: {
			'content-type': `${type}; charset=utf-8`,
			'content-disposition': `attachment; filename="ngoi-nha-xanh-${toLocalDate(now)}.${kind}"`,
			'cache-control': 'no-store',
		},
	});
};
