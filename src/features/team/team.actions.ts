import { ROLES, type ScopeKind } from '#features/accounts/actor.ts';
import {
	readBrowserSecrets,
	renewDeviceSecret,
	writeDeviceCookie,
} from '#features/accounts/device-cookies.ts';
import { endSession } from '#features/accounts/session.service.ts';
import { findVisitor } from '#features/accounts/visitor.repository.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { closeOrganisation, openOrganisation } from './organisation.service.ts';
import { issueResetCode, resetPassword, resetSecondFactor } from './reset-code.service.ts';
import { SCOPE_KINDS } from './role-scope.ts';
import { acceptInvitation, endRole, inviteToRole, withdrawInvitation } from './role.service.ts';

/** `house:ID`, or `portal`. */
function readScope(text: string): { scopeKind: ScopeKind; scopeId: string | null } {
	if (text === '') throw new DomainError('UNPROCESSABLE_CONTENT', 'scopeMissing', { field: 'scope' });
	const [kind, id] = text.split(/:(.*)/s);
	const scopeKind = SCOPE_KINDS.find((each) => each === kind);
	if (!scopeKind) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownScope', { field: 'scope' });
	return { scopeKind, scopeId: scopeKind === 'portal' ? null : (id ?? '') };
}

export const team = {
	invite: formAction(async (form, { locals }) => {
		const { db, secret, actor, locale, publicUrl, now } = locals;
		const role = ROLES.find((each) => each === field(form, 'role'));
		if (!role) throw new DomainError('UNPROCESSABLE_CONTENT', 'roleMissing', { field: 'role' });
		const input = {
			...{ role, ...readScope(field(form, 'scope')), name: field(form, 'name') },
			...{ id: requireFormId(field(form, 'id')), replacesGrantId: field(form, 'replacesGrantId') },
			validTo: field(form, 'validTo'),
		};
		const { token, scope, validTo, expiresAt } = await inviteToRole(db, secret, actor, input, now);
		locals.shownOnce = {
			link: `${publicUrl}${localePath(locale, `/loi-moi?ma=${token}`)}`,
			of: { name: cleanText(input.name, { max: 254 }), role, scope, validTo, expiresAt },
		};
		return undefined;
	}),
	accept: formAction(async (form, { locals }) => {
		await acceptInvitation(locals.db, locals.secret, locals.actor, field(form, 'token'), locals.now);
		return localePath(locals.locale, '/cua-toi?xong=vai-tro');
	}),
	/** Somebody else is signed in on this device: the invitation stays open for the one it is for. */
	leaveForInvitation: formAction(async (form, { locals, cookies }) => {
		await endSession(locals.db, locals.config, cookies);
		return localePath(locals.locale, `/loi-moi?ma=${encodeURIComponent(field(form, 'token'))}`);
	}),
	withdrawInvitation: formAction(async (form, { locals }) => {
		await withdrawInvitation(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/nhom?xong=rut');
	}),
	endRole: formAction(async (form, { locals }) => {
		const id = field(form, 'id');
		const isOwn = locals.actor?.grants.some((grant) => grant.id === id);
		await endRole(locals.db, locals.actor, id, locals.now);
		// Without the role there may be no such page any more.
		if (isOwn) return localePath(locals.locale, '/cua-toi?xong=thoi');
		return localePath(locals.locale, `/cua-toi/nhom?xong=thoi&vai=${encodeURIComponent(id)}`);
	}),
	issueResetCode: formAction(async (form, { locals }) => {
		const { db, secret, actor, now } = locals;
		const input = { id: requireFormId(field(form, 'id')), name: field(form, 'name') };
		const { code, displayName, expiresAt } = await issueResetCode(db, secret, actor, input, now);
		const name = `${displayName}, ${cleanText(input.name, { max: 254 })}`;
		locals.shownOnce = { codes: [code], of: { name, expiresAt } };
		return undefined;
	}),
	resetSecondFactor: formAction(async (form, { locals }) => {
		const { db, actor, locale, now } = locals;
		const personId = await resetSecondFactor(db, actor, { name: field(form, 'name') }, now);
		return localePath(locale, `/cua-toi/nhom?xong=buoc-hai&nguoi=${personId}`);
	}),
	resetPassword: formAction(async (form, { locals, cookies, clientAddress }) => {
		const { db, secret, config, locale, now } = locals;
		const secrets = renewDeviceSecret(cookies, config);
		const input = {
			...{ name: field(form, 'name'), code: field(form, 'code'), password: field(form, 'password') },
			visitor: await findVisitor(db, readBrowserSecrets(cookies, config), clientAddress),
			secrets,
		};
		await resetPassword(db, secret, input, now);
		writeDeviceCookie(cookies, secrets.fresh, config);
		return localePath(locale, '/dang-nhap?xong=dat-lai');
	}),
	openOrganisation: formAction(async (form, { locals }) => {
		const input = {
			kind: field(form, 'kind'),
			name: field(form, 'name'),
			adminUnitId: field(form, 'adminUnitId'),
		};
		await openOrganisation(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, '/cua-toi/nhom?xong=to-chuc#to-chuc');
	}),
	closeOrganisation: formAction(async (form, { locals }) => {
		await closeOrganisation(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, '/cua-toi/nhom?xong=ket-thuc#to-chuc');
	}),
};
