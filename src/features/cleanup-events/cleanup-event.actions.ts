import type { ActionAPIContext } from 'astro:actions';
import { readAliasCookie, writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { readDecision, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseCount } from '#lib/number-input.ts';
import { toLocalDate } from '#lib/time.ts';
import { checkInByCode, recordAttendance } from './attendance.service.ts';
import { deviceOfForms, MAX_PRESENT } from './check-in.ts';
import { MAX_HEADS } from './cleanup-event.ts';
import { announceEvent, editEvent } from './cleanup-event.service.ts';
import { deleteDraft, saveDraft } from './event-draft.service.ts';
import { newEventValues, sureOf, typedValues } from './event-form.ts';
import { readEvent, readId, readSequence } from './event-input.ts';
import { MAX_WANTED } from './event-need.ts';
import { pledge } from './sign-up-pledge.service.ts';
import { addEventPhoto, decideEventPhoto } from './event-photo.service.ts';
import { readMoment, requireUpload } from './event-photo.ts';
import { readPlan, specOf } from './event-series-form.ts';
import { announceSeries, editFollowing } from './event-series.service.ts';
import { seriesDates, checkSpan } from './event-series.ts';
import { issueLetter, issueOwnLetter } from './letter.service.ts';
import { readReport } from './event-report-form.ts';
import { reportEvent } from './event-report.service.ts';
import { readSignUp, takeDevice } from './sign-up-form.ts';
import {
	acceptOffer,
	cancelSignUp,
	changeSignUp,
	removeSignUp,
	signUp,
	type Holder,
} from './sign-up.service.ts';

/** Which state of a draft the form was made from; undefined where it was made from none. */
function readDraftSequence(form: FormData): number | undefined {
	const text = field(form, 'draftSequence');
	return text === '' ? undefined : parseCount(text, { min: 0, max: 1_000_000 }, 'draftSequence');
}

/** Whose sign-up a form is about: the one of its link, or one of this device's or account's. */
async function readHolder(form: FormData, { locals, cookies }: ActionAPIContext): Promise<Holder> {
	const token = field(form, 'token');
	if (token) return { token };
	const { db, config, actor } = locals;
	const alias = await findDeviceAlias(db, readAliasCookie(cookies, config));
	return { id: field(form, 'id'), deviceAliasId: alias?.id, personId: actor?.personId };
}

/** The page from which a sign-up was changed, with what was done. */
function pathOf(form: FormData, slug: string, done: 'da-sua' | 'da-nhan'): string {
	const token = field(form, 'token');
	return token
		? `/chu-nhat-xanh/huy-dang-ky?ma=${encodeURIComponent(token)}&${done}=1`
		: `/chu-nhat-xanh/${slug}?${done}=1#da-dang-ky`;
}

export const cleanupEvents = {
	announce: formAction(async (form, { locals }) => {
		const input = readEvent(form);
		const begin = { date: field(form, 'date'), startTime: field(form, 'startTime') };
		const isSure = field(form, 'isSure') === sureOf(begin);
		const own = { draftSequence: readDraftSequence(form), isSure };
		const plan = readPlan(form);
		if (plan) {
			const first = toLocalDate(input.startsAt);
			checkSpan(first, plan.until);
			seriesDates(first, plan.pattern, plan.until!);
			// First the days are shown, so that some are left out.
			if (field(form, 'listed') !== specOf(first, plan)) return undefined;
			const dates = form.getAll('dates').map(String);
			await announceSeries(locals.db, locals.actor, { ...input, ...own, ...plan, dates }, locals.now);
			return localePath(locals.locale, `/cua-toi/su-kien/dot/${input.id}?xong=dang`);
		}
		await announceEvent(locals.db, locals.actor, { ...input, ...own }, locals.now);
		return localePath(locals.locale, `/cua-toi/su-kien/${input.id}?xong=dang`);
	}),
	saveDraft: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = readId(form);
		const [organisationId, sequence] = [field(form, 'organisationId'), readDraftSequence(form)];
		const values = typedValues(form, newEventValues(now));
		await saveDraft(db, actor, { id, organisationId, sequence, values }, now);
		return localePath(locale, `/cua-toi/su-kien?xong=nhap&nhap=${id}#dang`);
	}),
	deleteDraft: formAction(async (form, { locals }) => {
		await deleteDraft(locals.db, locals.actor, { id: readId(form) }, locals.now);
		return localePath(locals.locale, '/cua-toi/su-kien?xong=bo-nhap');
	}),
	edit: formAction(async (form, { locals }) => {
		const sequence = readSequence(form);
		const input = readEvent(form);
		if (field(form, 'scope') === 'following') {
			const seriesId = await editFollowing(locals.db, locals.actor, { ...input, sequence }, locals.now);
			return localePath(locals.locale, `/cua-toi/su-kien/dot/${seriesId}?xong=sua`);
		}
		await editEvent(locals.db, locals.actor, { ...input, sequence }, locals.now);
		return localePath(locals.locale, `/cua-toi/su-kien/${input.id}?xong=sua`);
	}),
	report: formAction(async (form, { locals }) => {
		const id = readId(form);
		const input = { id, ...readReport(form) };
		await reportEvent(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/su-kien/${id}?xong=bao-cao`);
	}),
	addPhoto: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const id = readId(form);
		const moment = readMoment(field(form, 'moment'));
		const upload = requireUpload(await readUpload(form, openPhotoStore(config)));
		await addEventPhoto(db, actor, { id, moment }, upload, now);
		return localePath(locale, `/cua-toi/su-kien/${id}?xong=anh#anh`);
	}),
	decidePhoto: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const input = { id: readId(form), ...readDecision(form, openPhotoStore(config)) };
		await decideEventPhoto(db, actor, input, now);
		return localePath(locale, `/cua-toi/anh?xong=${input.status === 'approved' ? 'dang' : 'bo'}`);
	}),
	signUp: formAction(async (form, context) => {
		const { locals, cookies } = context;
		const { db, config, now, locale } = locals;
		const { secret, isHeld } = await takeDevice(context);
		const input = readSignUp(form);
		const { actor } = locals;
		const { id, token, slug } = await signUp(db, field(form, 'eventId'), input, { secret }, now, actor);
		writeAliasCookie(cookies, secret, config);
		// The event's address may be shared, so the link to cancel stays out of it: the page shows it to the
		// device that holds the secret. A browser that keeps no cookie gets it once, on the cancel page.
		return localePath(
			locale,
			isHeld || actor
				? `/chu-nhat-xanh/${slug}?xong=${id}#da-dang-ky`
				: `/chu-nhat-xanh/huy-dang-ky?ma=${token}&moi=1`,
		);
	}),
	cancelSignUp: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const { slug } = await cancelSignUp(db, await readHolder(form, context), now);
		return localePath(locale, `/chu-nhat-xanh/${slug}?da-huy=1#da-dang-ky`);
	}),
	checkIn: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, secret } = locals;
		const eventId = field(form, 'eventId');
		const device = deviceOfForms(actor?.personId ?? '');
		const about = { id: readId(form), eventId, device, isChoice: field(form, 'isChoice') === '1' };
		const said = { ...about, statedAt: now, checkedInAt: now };
		const path = localePath(locale, `/cua-toi/su-kien/${eventId}/diem-danh`);
		const count = (name: string) => parseCount(field(form, name), { min: 0, max: MAX_PRESENT }, name);
		if (form.has('code')) {
			const id = await checkInByCode(db, actor, { ...said, secret, code: field(form, 'code') }, now);
			return `${path}#dong-${id}`;
		}
		if (field(form, 'what') === 'walk-ins') {
			const [adults, minors] = [count('adults'), count('minors')];
			await recordAttendance(db, actor, { ...said, signUpId: null, heads: adults + minors, minors }, now);
			return path;
		}
		const signUpId = field(form, 'signUpId');
		// Nobody is what is there before anything is said; what was said by mistake is taken back.
		const min = field(form, 'what') === 'undo' ? 0 : 1;
		const heads = parseCount(field(form, 'heads'), { min, max: MAX_PRESENT }, 'heads', 'presentOutOfRange');
		await recordAttendance(db, actor, { ...said, signUpId, heads, minors: null }, now);
		return `${path}#dong-${signUpId}`;
	}),
	issueLetter: formAction(async (form, context) => {
		const { db, actor, now, locale, secret } = context.locals;
		const by = await readHolder(form, context);
		const page = '/chu-nhat-xanh/giay-xac-nhan';
		// A stranger's is the organiser's to make.
		await issueOwnLetter(db, secret, by, now).catch((error: unknown) => {
			const isOthers = error instanceof DomainError && error.kind === 'NOT_FOUND' && !('token' in by);
			if (!isOthers || !actor) throw error;
			return issueLetter(db, actor, secret, by.id, now);
		});
		const way = 'token' in by ? `ma=${encodeURIComponent(by.token)}` : `luot=${encodeURIComponent(by.id)}`;
		return localePath(locale, `${page}?${way}`);
	}),
	changeSignUp: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const max = MAX_HEADS[field(form, 'signUpKind') === 'unit' ? 'unit' : 'person'];
		const headCount = parseCount(field(form, 'headCount'), { min: 1, max }, 'headCount', 'headsOutOfRange');
		const { slug } = await changeSignUp(db, await readHolder(form, context), headCount, now);
		return localePath(locale, pathOf(form, slug, 'da-sua'));
	}),
	acceptOffer: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const { slug } = await acceptOffer(db, await readHolder(form, context), now);
		return localePath(locale, pathOf(form, slug, 'da-nhan'));
	}),
	pledge: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const count = parseCount(field(form, 'count'), { min: 0, max: MAX_WANTED }, 'count');
		const needId = field(form, 'needId');
		const { slug } = await pledge(db, await readHolder(form, context), { needId, count }, now);
		return localePath(locale, `/chu-nhat-xanh/${slug}?da-ghi=1#can-mang`);
	}),
	removeSignUp: formAction(async (form, { locals }) => {
		const { eventId } = await removeSignUp(
			locals.db,
			locals.actor,
			{ id: readId(form, 'signUpId') },
			locals.now,
		);
		return localePath(locals.locale, `/cua-toi/su-kien/${eventId}?xong=bo#da-bo`);
	}),
};
