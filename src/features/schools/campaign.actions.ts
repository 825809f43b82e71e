import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath, type Locale } from '#lib/i18n.ts';
import { parseKgMilli } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { readCampaign } from './campaign-form.ts';
import {
	changeCampaign,
	deleteCampaignDraft,
	draftCampaign,
	endCampaign,
	moveCampaignEnd,
	publishCampaign,
	recordWeighIn,
	unpublishCampaign,
	withdrawWeighIn,
} from './campaign.service.ts';

function readId(form: FormData, name = 'id'): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

const pageOf = (locale: Locale, id: string, done: string) =>
	localePath(locale, `/cua-toi/truong/dot/${id}?xong=${done}`);

type Act = typeof publishCampaign;
const act = (change: Act, done: string) =>
	formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const id = readId(form);
		await change(db, actor, id, now);
		return pageOf(locale, id, done);
	});

export const campaigns = {
	draft: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const id = readId(form);
		const input = { ...readCampaign(form), id, greenHouseCode: field(form, 'diem') };
		await draftCampaign(db, actor, input, now);
		return pageOf(locale, id, 'soan');
	}),
	change: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const id = readId(form);
		await changeCampaign(db, actor, { ...readCampaign(form), id }, now);
		return pageOf(locale, id, 'soan');
	}),
	publish: act(publishCampaign, 'cong-bo'),
	unpublish: act(unpublishCampaign, 'ban-soan'),
	/** Its own page is gone then. */
	remove: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		await deleteCampaignDraft(db, actor, readId(form), now);
		const query = new URLSearchParams({ diem: field(form, 'diem'), xong: 'xoa' });
		return localePath(locale, `/cua-toi/truong/dot?${query}`);
	}),
	end: act(endCampaign, 'ket-thuc'),
	moveEnd: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const [id, endsOn] = [readId(form), parseLocalDate(field(form, 'endsOn'))];
		if (!endsOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'endsOn' });
		await moveCampaignEnd(db, actor, { id, endsOn }, now);
		return pageOf(locale, id, 'doi-ngay');
	}),
	weigh: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		const campaignId = readId(form, 'campaignId');
		const weighedOn = parseLocalDate(field(form, 'weighedOn'));
		if (!weighedOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'weighedOn' });
		const weighIn = {
			...{ id: readId(form), campaignId, materialCode: field(form, 'materialCode'), weighedOn },
			weightGrams: parseKgMilli(field(form, 'weight'), 'weight'),
			// Sure of this figure, not of another one that was typed since.
			isSure: form.has('isSure') && field(form, 'isSure') === field(form, 'weight'),
		};
		await recordWeighIn(db, actor, weighIn, now);
		return pageOf(locale, campaignId, 'can');
	}),
	unweigh: formAction(async (form, { locals: { db, actor, now, locale } }) => {
		await withdrawWeighIn(db, actor, readId(form), now);
		return pageOf(locale, readId(form, 'campaignId'), 'rut-can');
	}),
};
