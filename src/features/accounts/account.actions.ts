import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { signIn } from './account.service.ts';
import { endSession, startSession } from './session.ts';

/** Only a path of this portal: no other host, no scheme, no backslash trick. */
const isOwnPath = (path: string) => /^\/(?![/\\])[^\\\s]*$/.test(path);

export const accounts = {
	signIn: formAction(async (form, { locals, cookies, clientAddress }) => {
		const { db, config, now, locale } = locals;
		const personId = await signIn(
			db,
			{
				phone: field(form, 'phone'),
				password: field(form, 'password'),
				address: clientAddress,
				allowSamples: config.isLocal,
			},
			now,
		);
		await startSession(db, config, cookies, personId);
		const next = field(form, 'next');
		return isOwnPath(next) ? next : localePath(locale, '/cua-toi');
	}),
	signOut: formAction(async (_form, { locals, cookies }) => {
		await endSession(locals.db, locals.config, cookies);
		return localePath(locals.locale, '/');
	}),
};
