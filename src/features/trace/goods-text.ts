import type { Locale } from '#lib/i18n.ts';
import { formatQuantity } from '#lib/number-format.ts';
import type { Declared } from './walk.ts';

/** `Giấy hỗn hợp 10 kg, Lon nhôm 100 chiếc`. */
export const goodsText = (goods: Declared[], materials: Map<string, string>, locale: Locale): string =>
	goods
		.map(
			({ materialCode, unit, quantityMilli }) =>
				`${materials.get(materialCode) ?? materialCode} ${formatQuantity(quantityMilli, unit, locale)}`,
		)
		.join(', ');
