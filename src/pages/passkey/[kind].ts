import type { APIRoute } from 'astro';
import { requireActor } from '#features/accounts/actor.ts';
import { askForPasskey, offerPasskey } from '#features/accounts/passkey.service.ts';
import { json } from '#lib/api.ts';
import { DomainError } from '#lib/errors.ts';

/** What the browser needs to ask for a passkey: to sign in, to confirm, or to make a new one. Keeps nothing. */
export const POST: APIRoute = async ({ params, locals }) => {
	const { db, secret, config, actor, session, now } = locals;
	switch (params['kind']) {
		case 'sign-in':
			return json(await askForPasskey(db, secret, config, { kind: 'sign-in' }, now));
		case 'confirm': {
			if (!session) throw new DomainError('UNAUTHORIZED', 'signInFirst');
			const { personId } = session;
			return json(await askForPasskey(db, secret, config, { kind: 'confirm', personId }, now));
		}
		case 'add':
			requireActor(actor);
			return json(await offerPasskey(db, secret, config, actor, now));
		default:
			return new Response(null, { status: 404 });
	}
};
