import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { readGuideForm } from './guide-form.ts';
import { previewGuideItem, publishGuideItem } from './guide.service.ts';

export const materials = {
	/** The page shows what would be published, or with `edit` the texts again; nothing is written. */
	previewGuideItem: formAction(async (form, { locals }) => {
		if (field(form, 'edit') === '1') return undefined;
		const input = readGuideForm((name) => field(form, name));
		await previewGuideItem(locals.db, locals.actor, input, locals.now);
		return undefined;
	}),
	publishGuideItem: formAction(async (form, { locals }) => {
		const input = readGuideForm((name) => field(form, name));
		const basedOn = Number(field(form, 'basedOn'));
		await publishGuideItem(locals.db, locals.actor, { ...input, basedOn }, locals.now);
		const page = input.isRetired ? '/cua-toi/phan-loai' : '/phan-loai';
		return localePath(locals.locale, `${page}/${encodeURIComponent(input.code)}?xong=cong-bo`);
	}),
};
