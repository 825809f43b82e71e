import type { ActionAPIContext } from 'astro:actions';
import { keptOrNewSecret } from '#features/accounts/device-alias.ts';
import { readAliasCookie, writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { addressKey } from '#lib/address-key.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { findGreenHouse } from './green-house.repository.ts';
import { reportHouseState, reportStateSeen } from './green-house.service.ts';
import { SEEN, STATED, type Stated } from './green-house.ts';
import { REPORTS_PER_ADDRESS, REPORTS_PER_DEVICE } from './house-report-limits.ts';
import { addVoice, closeProblem, reportProblem } from './problem-report.service.ts';
import { isProblemKind } from './problem-report.ts';

const unreadable = (name: string) => new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });

/** Counts a report and gives its device a secret, before it is written: a refusal and its correction come from one device. */
async function takeSender({
	locals,
	cookies,
	clientAddress,
}: Pick<ActionAPIContext, 'locals' | 'cookies' | 'clientAddress'>): Promise<{ secret: string }> {
	const { db, config, now } = locals;
	const secret = keptOrNewSecret(readAliasCookie(cookies, config));
	await takeRate(db, addressKey('house-report', clientAddress), REPORTS_PER_ADDRESS, now);
	await takeRate(db, `house-report:device:${secret}`, REPORTS_PER_DEVICE, now);
	writeAliasCookie(cookies, secret, config);
	return { secret };
}

const reportPath = (locale: 'vi' | 'en', code: string, done: string) =>
	localePath(locale, `/bao-tin?diem=${encodeURIComponent(code)}&xong=${done}`);

export const greenHouses = {
	/** By whoever looks after the house. */
	reportState: formAction(async (form, { locals }) => {
		const state = field(form, 'state');
		if (!Object.hasOwn(STATED, state)) throw unreadable('state');
		const greenHouseCode = field(form, 'greenHouseCode');
		const report = { greenHouseCode, ...STATED[state as Stated] };
		await reportHouseState(locals.db, locals.actor, report, locals.now);
		return localePath(locals.locale, `/cua-toi/nha/${encodeURIComponent(greenHouseCode)}?xong=nha`);
	}),
	/** By anybody. */
	reportSeen: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const id = requireFormId(field(form, 'id'));
		const state = SEEN.find((each) => each === field(form, 'state'));
		if (!state) throw new DomainError('UNPROCESSABLE_CONTENT', 'stateMissing', { field: 'state' });
		const greenHouseCode = field(form, 'house');
		const sender = await takeSender(context);
		await reportStateSeen(db, sender, { id, greenHouseCode, state, seenAt: now }, now);
		return reportPath(locale, greenHouseCode, 'tinh-trang');
	}),
	reportProblem: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const id = requireFormId(field(form, 'id'));
		const kind = field(form, 'kind');
		if (!isProblemKind(kind))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'problemKindMissing', { field: 'kind' });
		const greenHouseCode = field(form, 'house');
		const sender = await takeSender(context);
		const report = { id, greenHouseCode, kind, text: field(form, 'text'), seenAt: now };
		await reportProblem(db, sender, report, now);
		return reportPath(locale, greenHouseCode, 'viec');
	}),
	addVoice: formAction(async (form, context) => {
		const { db, now, locale } = context.locals;
		const houseId = await addVoice(db, await takeSender(context), field(form, 'problem'), now);
		const house = await findGreenHouse(db, houseId, now);
		return reportPath(locale, house?.code ?? '', 'them');
	}),
	closeProblem: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		await closeProblem(db, actor, { id: field(form, 'problem'), note: field(form, 'note') }, now);
		const code = encodeURIComponent(field(form, 'house'));
		return localePath(locale, `/cua-toi/nha/${code}/viec-bao?xong=dong`);
	}),
};
