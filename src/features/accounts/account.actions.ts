import type { ActionAPIContext } from 'astro:actions';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, isOwnPath } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { changeAccount, changePassword, provePassword } from './account.service.ts';
import { requireActor } from './actor.ts';
import { hasSecondFactor, type Proof } from './credential.repository.ts';
import { readDeviceCookie } from './device-cookies.ts';
import { addPasskey, takePasskey } from './passkey.service.ts';
import {
	acceptTotp,
	removeSecondFactor,
	renewRecoveryCodes,
	takeSecondFactor,
} from './second-factor.service.ts';
import {
	confirmSession,
	deviceLabel,
	endListedSession,
	endOtherSessions,
	endSession,
	isRecent,
	startSession,
	type Session,
} from './session.service.ts';
import { keepCodes } from './shown-codes.ts';
import { checkTries, signIn } from './sign-in.service.ts';

const nextPath = (form: FormData, { locals }: ActionAPIContext): string => {
	const next = field(form, 'next');
	return isOwnPath(next) ? next : localePath(locals.locale, '/cua-toi');
};

/** The session of somebody who has shown who they are within the last minutes; only they change how they sign in. */
function requireRecent({ locals }: ActionAPIContext): Session {
	const { session, actor, now } = locals;
	requireActor(actor);
	if (!session || !isRecent(session, now)) throw new DomainError('FORBIDDEN', 'confirmFirst');
	return session;
}

const SIGN_IN = '/cua-toi/tai-khoan/dang-nhap';

/** A factor was added: the page says so, shows the codes that came with it, and leads back to where it was asked for. */
function addedPath(form: FormData, context: ActionAPIContext, what: string, codes?: string[]): string {
	const { locals, cookies } = context;
	const { secret, config, locale, actor, now } = locals;
	requireActor(actor);
	if (codes) keepCodes({ cookies, secret, config, personId: actor.personId, now }, codes);
	const next = field(form, 'next');
	const back = isOwnPath(next) ? `&tiep=${encodeURIComponent(next)}` : '';
	return localePath(locale, `${SIGN_IN}?xong=${what}${codes ? '&ma=1' : ''}${back}`);
}

export const accounts = {
	signIn: formAction(async (form, context) => {
		const { locals, cookies, clientAddress } = context;
		const { db, config, now, locale } = locals;
		const signedIn = await signIn(
			db,
			{
				name: field(form, 'name'),
				password: field(form, 'password'),
				address: clientAddress,
				device: readDeviceCookie(cookies, config),
				allowSamples: config.isLocal,
			},
			now,
		).catch((error: unknown) => {
			// The same count, in the words of somebody who is signing in.
			if (!(error instanceof DomainError) || error.key !== 'tooManyRequests') throw error;
			throw new DomainError(error.kind, 'tooManySignIns', { values: error.values });
		});
		const next = nextPath(form, context);
		const { isPending } = await startSession(context, signedIn);
		if (!isPending) return next;
		return localePath(locale, `/dang-nhap/buoc-hai?tiep=${encodeURIComponent(next)}`);
	}),
	signInWithPasskey: formAction(async (form, context) => {
		const { db, secret, config, now } = context.locals;
		const response = field(form, 'passkey');
		const purpose = { kind: 'sign-in' } as const;
		const input = { response, purpose, allowSamples: config.isLocal };
		await startSession(context, await takePasskey(db, secret, config, input, now));
		return nextPath(form, context);
	}),
	/** The second step of a sign-in, or the same again before something that matters. */
	confirm: formAction(async (form, context) => {
		const { locals, cookies, clientAddress: address } = context;
		const { db, secret, config, session, now } = locals;
		if (!session) throw new DomainError('UNAUTHORIZED', 'signInFirst');
		const { id, personId } = session;
		const device = readDeviceCookie(cookies, config);
		let proof: Proof;
		if (field(form, 'passkey') !== '') {
			const purpose = { kind: 'confirm', personId } as const;
			const input = { response: field(form, 'passkey'), purpose, allowSamples: config.isLocal };
			({ proof } = await takePasskey(db, secret, config, input, now));
		} else if (await hasSecondFactor(db, personId)) {
			const input = { personId, code: field(form, 'code'), device, address };
			proof = await takeSecondFactor(db, secret, input, now);
		} else {
			proof = await checkTries(db, { what: 'confirm', personId, device }, now, async () => {
				const shown = await provePassword(db, personId, field(form, 'password'));
				if (shown) return shown;
				throw new DomainError('UNPROCESSABLE_CONTENT', 'passwordWrong', { field: 'password' });
			});
		}
		await confirmSession(context, { id, personId, withSecondFactor: proof.kind !== 'password', proof });
		return nextPath(form, context);
	}),
	signOut: formAction(async (_form, { locals, cookies }) => {
		await endSession(locals.db, locals.config, cookies);
		return localePath(locals.locale, '/');
	}),
	endSession: formAction(async (form, { locals }) => {
		await endListedSession(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/tai-khoan?xong=may#may');
	}),
	endOtherSessions: formAction(async (_form, { locals }) => {
		await endOtherSessions(locals.db, locals.actor, locals.session?.id ?? '', locals.now);
		return localePath(locals.locale, '/cua-toi/tai-khoan?xong=may-khac#may');
	}),
	changeAccount: formAction(async (form, context) => {
		const { locals } = context;
		const { id: sessionId } = requireRecent(context);
		const input = {
			sessionId,
			displayName: field(form, 'displayName'),
			name: field(form, 'name'),
			locale: locals.locale,
		};
		await changeAccount(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `${SIGN_IN}?xong=ten`);
	}),
	changePassword: formAction(async (form, context) => {
		const { locals } = context;
		const { id, personId } = requireRecent(context);
		const password = field(form, 'password');
		await changePassword(locals.db, locals.actor, { password, sessionId: id }, locals.now);
		await confirmSession(context, { id, personId, withSecondFactor: false });
		return localePath(locals.locale, `${SIGN_IN}?xong=mat-khau`);
	}),
	addPasskey: formAction(async (form, context) => {
		const { locals } = context;
		const { db, secret, config, actor, now } = locals;
		const { id: sessionId, personId } = requireRecent(context);
		const name = field(form, 'passkeyName') || context.request.headers.get('user-agent') || '';
		const input = { response: field(form, 'passkey'), name: deviceLabel(name), sessionId };
		const codes = await addPasskey(db, secret, config, actor, input, now);
		await confirmSession(context, { id: sessionId, personId, withSecondFactor: true });
		return addedPath(form, context, 'khoa', codes);
	}),
	acceptTotp: formAction(async (form, context) => {
		const { locals } = context;
		const { db, secret, actor, now } = locals;
		const { id: sessionId, personId } = requireRecent(context);
		const codes = await acceptTotp(db, secret, actor, { code: field(form, 'code'), sessionId }, now);
		await confirmSession(context, { id: sessionId, personId, withSecondFactor: true });
		return addedPath(form, context, 'ung-dung', codes);
	}),
	renewCodes: formAction(async (form, context) => {
		const { locals } = context;
		const { db, secret, actor, now } = locals;
		const { id: sessionId } = requireRecent(context);
		const codes = await renewRecoveryCodes(db, secret, actor, { sessionId }, now);
		return addedPath(form, context, 'bo-ma', codes);
	}),
	removeFactor: formAction(async (form, context) => {
		const { locals } = context;
		const { id: sessionId } = requireRecent(context);
		const id = field(form, 'passkeyId');
		const factor = id === '' ? ({ kind: 'totp' } as const) : ({ kind: 'passkey', id } as const);
		await removeSecondFactor(locals.db, locals.actor, { ...factor, sessionId }, locals.now);
		return localePath(locals.locale, `${SIGN_IN}?xong=bo-${id === '' ? 'ung-dung' : 'khoa'}`);
	}),
};
