import type { ActionAPIContext } from 'astro:actions';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { readAliasCookie, readBrowserSecrets } from '#features/accounts/device-cookies.ts';
import { findVisitor } from '#features/accounts/visitor.repository.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { takeVisit } from '#lib/rate-limit.ts';
import { waysOf } from './channel.service.ts';
import { followPath, readTarget, requireWish } from './follow.ts';
import { changeFollow, confirmFollow, follow, unfollow, type Owner } from './follow.service.ts';

const HOUR_MS = 3_600_000;
const PER_BROWSER = { limit: 30, windowMs: HOUR_MS };

/** Of a form in the account's list, or behind the link of a message. */
const ownerOf = (form: FormData, { locals }: ActionAPIContext): Owner => {
	const token = field(form, 'token');
	return token === '' ? { actor: locals.actor } : { token };
};
const listPath = (form: FormData, done: string): string => {
	const token = field(form, 'token');
	return token === '' ? `/theo-doi?xong=${done}#danh-sach` : `/theo-doi/thoi?ma=${token}&xong=${done}`;
};

export const notifications = {
	follow: formAction(async (form, { locals, cookies, clientAddress }) => {
		const { db, secret, config, actor, session, locale, now } = locals;
		const visitor = await findVisitor(db, readBrowserSecrets(cookies, config), clientAddress);
		await takeVisit(db, 'follow', visitor, PER_BROWSER, now);
		const target = readTarget((name) => field(form, name));
		if (!target) throw new DomainError('NOT_FOUND', 'nothingToFollow');
		const isPush = field(form, 'channel') === 'push';
		const by = isPush
			? {
					channel: 'push' as const,
					...{ endpoint: field(form, 'endpoint'), p256dh: field(form, 'p256dh'), auth: field(form, 'auth') },
				}
			: { channel: 'email' as const, email: field(form, 'email') };
		const alias = await findDeviceAlias(db, readAliasCookie(cookies, config));
		const input = {
			...{
				id: requireFormId(field(form, 'id')),
				target,
				kinds: form.getAll('kinds').map(String),
				by,
				locale,
			},
		};
		const follower = { actor, deviceAliasId: alias?.id, sessionId: session?.id };
		const done = await follow(db, secret, waysOf(config), input, follower, now);
		return localePath(locale, followPath(target, done === 'asked' ? 'thu' : 'theo-doi'));
	}),
	confirm: formAction(async (form, { locals }) => {
		const { db, secret, locale, now } = locals;
		const token = field(form, 'token');
		await confirmFollow(db, secret, token, now);
		const { kind, id } = requireWish(secret, token, now).target;
		return localePath(locale, followPath({ kind, name: id }, 'theo-doi'));
	}),
	change: formAction(async (form, context) => {
		const { db, secret, locale } = context.locals;
		const input = { id: field(form, 'id'), kinds: form.getAll('kinds').map(String) };
		await changeFollow(db, secret, ownerOf(form, context), input);
		return localePath(locale, listPath(form, 'luu'));
	}),
	unfollow: formAction(async (form, context) => {
		const { db, secret, locale, now } = context.locals;
		await unfollow(db, secret, ownerOf(form, context), field(form, 'id'), now);
		return localePath(locale, listPath(form, 'thoi'));
	}),
};
