import type { ActionAPIContext } from 'astro:actions';
import { keptOrNewSecret } from '#features/accounts/device-alias.ts';
import { readAliasCookie, writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { photoRefusalQuery, readDecision, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { addressKey } from '#lib/address-key.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { parseInstant, parseLocalDate } from '#lib/time.ts';
import { findGreenHouse } from './green-house.repository.ts';
import { reportHouseState, reportStateSeen } from './green-house.service.ts';
import { SEEN, STATED, type Stated } from './green-house.ts';
import { REPORTS_PER_ADDRESS, REPORTS_PER_DEVICE } from './house-report-limits.ts';
import { addVoice, closeProblem, reportProblem } from './problem-report.service.ts';
import { isProblemKind } from './problem-report.ts';
import { readAccuracy, readPosition } from './house-change.ts';
import {
	closeHouse,
	mergeHouse,
	moveHouse,
	pauseHouse,
	reopenHouse,
	type ChangeInput,
} from './house-change.service.ts';
import { attachFormPhoto, decideHousePhoto } from './house-photo.service.ts';
import { surveyHouse } from './house-survey.service.ts';

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

/** What each change of a house says. Refuses with 400 what is no form, with 422 a day that is none. */
function readChange(form: FormData): ChangeInput {
	const happenedOn = parseLocalDate(field(form, 'happenedOn'));
	if (happenedOn === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'happenedOn' });
	const greenHouseCode = field(form, 'house');
	return { id: requireFormId(field(form, 'id')), greenHouseCode, happenedOn, reason: field(form, 'reason') };
}

const recordPath = ({ locale }: App.Locals, { greenHouseCode }: ChangeInput, done: string) =>
	localePath(locale, `/cua-toi/nha/${encodeURIComponent(greenHouseCode)}/ho-so?xong=${done}`);

export const greenHouses = {
	/** By whoever looks after the house. */
	pause: formAction(async (form, { locals }) => {
		const input = readChange(form);
		await pauseHouse(locals.db, locals.actor, input, locals.now);
		return recordPath(locals, input, 'tam-dung');
	}),
	reopen: formAction(async (form, { locals }) => {
		const input = readChange(form);
		await reopenHouse(locals.db, locals.actor, input, locals.now);
		return recordPath(locals, input, 'mo-lai');
	}),
	move: formAction(async (form, { locals }) => {
		const position = readPosition(field(form, 'latitude'), field(form, 'longitude'));
		const farConfirmed = field(form, 'farConfirmed') === '1';
		const place = { ...position, address: field(form, 'address'), farConfirmed, locale: locals.locale };
		const input = { ...readChange(form), ...place };
		await moveHouse(locals.db, locals.actor, input, locals.now);
		return recordPath(locals, input, 'doi');
	}),
	close: formAction(async (form, { locals }) => {
		const input = { ...readChange(form), successor: field(form, 'successor') };
		await closeHouse(locals.db, locals.actor, input, locals.now);
		return recordPath(locals, input, 'dong');
	}),
	merge: formAction(async (form, { locals }) => {
		const input = { ...readChange(form), successor: field(form, 'successor') };
		await mergeHouse(locals.db, locals.actor, input, locals.now);
		return recordPath(locals, input, 'gop');
	}),
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
		const upload = await readUpload(form, openPhotoStore(context.locals.config));
		const from = { ...sender, clientAddress: context.clientAddress };
		const refusal = await attachFormPhoto(db, from, { kind: 'problem', id }, upload, now);
		context.locals.photoRefusal = refusal;
		return reportPath(locale, greenHouseCode, 'viec') + photoRefusalQuery(refusal);
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
	decidePhoto: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const input = { id: requireFormId(field(form, 'id')), ...readDecision(form, openPhotoStore(config)) };
		await decideHousePhoto(db, actor, input, now);
		return localePath(locale, `/cua-toi/anh?xong=${input.status === 'approved' ? 'dang' : 'bo'}`);
	}),
	survey: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const statedAt = parseInstant(field(form, 'statedAt'));
		if (statedAt === undefined) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'statedAt' });
		const greenHouseCode = field(form, 'house');
		const input = {
			...{ id: requireFormId(field(form, 'id')), greenHouseCode, statedAt, happenedAt: statedAt, locale },
			...readPosition(field(form, 'latitude'), field(form, 'longitude')),
			...{ accuracyM: readAccuracy(field(form, 'accuracy')), hours: field(form, 'hours') },
			...{ neighbourhood: field(form, 'neighbourhood'), materials: form.getAll('materials').map(String) },
			farConfirmed: field(form, 'farConfirmed') === '1',
		};
		await surveyHouse(db, actor, input, now, await readUpload(form, openPhotoStore(config)));
		return localePath(locale, `/cua-toi/nha/${encodeURIComponent(greenHouseCode)}/khao-sat?xong=1`);
	}),
};
