import { signUpAccount } from '#features/accounts/account.service.ts';
import { keptOrNewSecret } from '#features/accounts/device-alias.ts';
import {
	deleteAliasCookie,
	readAliasCookie,
	readBrowserSecrets,
	writeAliasCookie,
} from '#features/accounts/device-cookies.ts';
import { endSession, isRecent, startSession } from '#features/accounts/session.service.ts';
import { findVisitor } from '#features/accounts/visitor.repository.ts';
import { acceptWithin } from '#features/team/role.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { carryVisit, returnVisit, takeVisit } from '#lib/rate-limit.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { forgetAlias, offerAlias, takeAlias } from './alias.service.ts';
import { linkDropOffs, linkDropOffsWithin, requireNewestNotice, withdrawLink } from './consent.service.ts';
import { eraseAccount } from './erase.service.ts';
import { readNotice } from './notice.ts';
import { previewNotice, publishNotice, requireChange } from './notice.service.ts';
import { answerRequest, readAnswer, sendRequest } from './rights-request.service.ts';

const HOUR_MS = 3_600_000;
/** Accounts from one browser in an hour: a teacher's, who opens them for a class, and not a machine. */
const SIGN_UPS = { limit: 60, windowMs: HOUR_MS };
/** Codes that are none. */
const TRANSFERS = { limit: 60, windowMs: HOUR_MS };
const ACCOUNT = '/cua-toi/tai-khoan';

export const privacy = {
	/** A resident's account, and the role of an invitation with it. */
	openAccount: formAction(async (form, context) => {
		const { locals, cookies, clientAddress } = context;
		const { db, secret, config, locale, now } = locals;
		const visitor = await findVisitor(db, readBrowserSecrets(cookies, config), clientAddress);
		await takeVisit(db, 'account', visitor, SIGN_UPS, now);
		const token = field(form, 'token');
		const deviceSecret = keptOrNewSecret(readAliasCookie(cookies, config));
		const account = {
			...{ displayName: field(form, 'displayName'), name: field(form, 'name'), locale },
			...{ password: field(form, 'password'), isSixteen: field(form, 'isSixteen') === '1' },
		};
		const isLinked = field(form, 'link') === '1';
		const noticeVersion = Number(field(form, 'noticeVersion'));
		// Before anything is asked about the number: this refusal tells nothing of it, and hashes nothing.
		if (isLinked) await requireNewestNotice(db, noticeVersion);
		const personId = await signUpAccount(db, account, now, async (trx, id) => {
			if (token !== '') await acceptWithin(trx, secret, { token, personId: id }, now);
			if (isLinked) await linkDropOffsWithin(trx, id, { deviceSecret, noticeVersion }, now);
		}).catch(async (error: unknown) => {
			// What can be mended in the form does not count; that a number is taken does, for it tells something.
			const isMended = error instanceof DomainError && error.kind === 'UNPROCESSABLE_CONTENT';
			if (isMended) await returnVisit(db, 'account', visitor, SIGN_UPS, now);
			throw error;
		});
		if (isLinked) writeAliasCookie(cookies, deviceSecret, config);
		await startSession(context, { personId, proof: undefined });
		const to = await findVisitor(db, readBrowserSecrets(cookies, config), clientAddress);
		await carryVisit(db, 'account', { from: visitor, to }, SIGN_UPS, now);
		return localePath(locale, token === '' ? '/cua-toi?xong=tai-khoan' : '/cua-toi?xong=vai-tro');
	}),
	link: formAction(async (form, { locals, cookies }) => {
		const { db, config, actor, locale, now } = locals;
		const deviceSecret = keptOrNewSecret(readAliasCookie(cookies, config));
		const input = { deviceSecret, noticeVersion: Number(field(form, 'noticeVersion')) };
		await linkDropOffs(db, actor, input, now);
		writeAliasCookie(cookies, deviceSecret, config);
		return localePath(locale, `${ACCOUNT}?xong=gan#dong-y`);
	}),
	withdrawLink: formAction(async (_form, { locals }) => {
		await withdrawLink(locals.db, locals.actor, locals.now);
		return localePath(locals.locale, `${ACCOUNT}?xong=rut#dong-y`);
	}),
	offerAlias: formAction(async (_form, { locals, cookies }) => {
		const { db, config, locale, publicUrl, now } = locals;
		const token = await offerAlias(db, readAliasCookie(cookies, config), now);
		locals.shownOnce = { link: `${publicUrl}${localePath(locale, `/chuyen-may?ma=${token}`)}` };
		return undefined;
	}),
	takeAlias: formAction(async (form, { locals, cookies, clientAddress }) => {
		const { db, config, locale, now } = locals;
		const visitor = await findVisitor(db, readBrowserSecrets(cookies, config), clientAddress);
		await takeVisit(db, 'transfer', visitor, TRANSFERS, now);
		const own = keptOrNewSecret(readAliasCookie(cookies, config));
		writeAliasCookie(cookies, await takeAlias(db, field(form, 'token'), own, now), config);
		await returnVisit(db, 'transfer', visitor, TRANSFERS, now);
		return localePath(locale, '/cua-toi?xong=chuyen');
	}),
	forgetAlias: formAction(async (_form, { locals, cookies }) => {
		const { db, config, locale } = locals;
		await forgetAlias(db, readAliasCookie(cookies, config));
		deleteAliasCookie(cookies, config);
		return localePath(locale, '/cua-toi?xong=quen');
	}),
	sendRequest: formAction(async (form, { locals }) => {
		const id = normaliseUuid(field(form, 'id'));
		if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
		const input = { id, kind: field(form, 'kind'), text: field(form, 'text') };
		await sendRequest(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `${ACCOUNT}?xong=yeu-cau#yeu-cau`);
	}),
	answerRequest: formAction(async (form, { locals }) => {
		const isComplete = field(form, 'complete') === '1';
		const input = { id: field(form, 'id'), answer: field(form, 'answer'), isComplete };
		await answerRequest(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/yeu-cau?xong=${isComplete ? 'lam-xong' : 'tra-loi'}`);
	}),
	readAnswer: formAction(async (form, { locals }) => {
		await readAnswer(locals.db, locals.actor, field(form, 'id'), locals.now);
		return localePath(locals.locale, `${ACCOUNT}?xong=da-doc#yeu-cau`);
	}),
	erase: formAction(async (form, { locals, cookies }) => {
		const { db, config, actor, session, locale, now } = locals;
		if (!session || !isRecent(session, now)) throw new DomainError('FORBIDDEN', 'confirmFirst');
		if (field(form, 'sure') !== '1')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'eraseUnsure', { field: 'sure' });
		await eraseAccount(db, actor, now);
		await endSession(db, config, cookies);
		return localePath(locale, '/cua-toi?xong=xoa');
	}),
	/** The page shows what would be published, or with `edit` the text again; nothing is written. */
	previewNotice: formAction(async (form, { locals }) => {
		if (field(form, 'edit') === '1') return undefined;
		const { texts } = previewNotice(
			locals.actor,
			readNotice((name) => field(form, name)),
		);
		await requireChange(locals.db, texts);
		return undefined;
	}),
	publishNotice: formAction(async (form, { locals }) => {
		const input = { ...readNotice((name) => field(form, name)), basedOn: Number(field(form, 'basedOn')) };
		await publishNotice(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, '/quyen-rieng-tu?xong=cong-bo');
	}),
};
