import { writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { createTranslator, localePath } from '#lib/i18n.ts';
import { toLocalDate } from '#lib/time.ts';
import { readId, readReason } from './event-input.ts';
import { readDay } from './event-series-form.ts';
import { extendSeries, pauseSeries, planExtension, resumeSeries } from './event-series.service.ts';
import { signUpForSeries } from './series-sign-up.service.ts';
import { readSignUp, takeDevice } from './sign-up-form.ts';

const pathOf = (id: string, done: string) => `/cua-toi/su-kien/dot/${id}?xong=${done}`;

/** The reason that people read, in Vietnamese: `Tạm nghỉ. Nghỉ Tết`. */
const reasonOf = (typed: string) =>
	[createTranslator('vi')('cleanup-events:series.paused'), typed.trim()].filter(Boolean).join('. ');

export const eventSeries = {
	pause: formAction(async (form, { locals }) => {
		const [id, from] = [readId(form), readDay(form, 'from')];
		const until = readDay(form, 'to');
		if (!until && field(form, 'to').trim() !== '')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'to' });
		const asked = { id, from, until, reason: reasonOf(field(form, 'reason')) };
		await pauseSeries(locals.db, locals.actor, asked, locals.now);
		return localePath(locals.locale, pathOf(id, 'nghi'));
	}),
	/** Every day that is still to come. */
	callOff: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = readId(form);
		const asked = { id, from: toLocalDate(now), until: undefined, reason: readReason(form) };
		await pauseSeries(db, actor, asked, now);
		return localePath(locale, pathOf(id, 'huy'));
	}),
	resume: formAction(async (form, { locals }) => {
		const id = readId(form);
		await resumeSeries(locals.db, locals.actor, { id }, locals.now);
		return localePath(locals.locale, pathOf(id, 'lai'));
	}),
	extend: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const [id, until] = [readId(form), readDay(form, 'until')];
		await planExtension(db, id, until, now);
		// First the days are shown, so that some are left out.
		if (field(form, 'listed') !== until) return undefined;
		await extendSeries(db, actor, { id, until, dates: form.getAll('dates').map(String) }, now);
		return localePath(locale, pathOf(id, 'them'));
	}),
	signUp: formAction(async (form, context) => {
		const { db, actor, now, locale, config } = context.locals;
		const { secret, isHeld } = await takeDevice(context);
		// Its links are shown to the device that holds the secret, or in the account.
		if (!isHeld && !actor) throw new DomainError('CONFLICT', 'browserKeepsNothing');
		const seriesId = readId(form, 'seriesId');
		const input = { ...readSignUp(form), dates: form.getAll('days').map(String) };
		await signUpForSeries(db, seriesId, input, { secret }, now, actor);
		writeAliasCookie(context.cookies, secret, config);
		return localePath(locale, `/chu-nhat-xanh/dot/${seriesId}?xong=1#da-dang-ky`);
	}),
};
