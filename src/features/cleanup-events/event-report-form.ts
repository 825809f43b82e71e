// A report as its form sends it. An empty field is not known, 0 is none.
import { DomainError, readAll } from '#lib/errors.ts';
import type { Locale } from '#lib/i18n.ts';
import { formatKgInput, parseCount, parseKgMilli, parsePiecesMilli } from '#lib/number-input.ts';
import { MAX_CAPACITY, type EventReport } from './cleanup-event.ts';
import {
	lineField,
	MAX_METRES,
	MAX_REPORT_KG,
	MAX_REPORT_M3,
	MAX_TREES,
	type ReportInput,
	type ReportLine,
} from './event-report.ts';

function field(form: FormData, name: string): string {
	const value = form.get(name);
	return typeof value === 'string' ? value : '';
}

const isZero = (text: string): boolean => /^0+([.,]0+)?\s*(kg|m3|m³|khối)?$/i.test(text);

function readGrams(form: FormData, name: string): number | null {
	const text = field(form, name).trim();
	if (text === '') return null;
	return isZero(text) ? 0 : parseKgMilli(text, name, MAX_REPORT_KG);
}

/** Cubic metres with two decimals at most, as litres: three could be thousands. Refuses with 422. */
export function parseCubicMetres(raw: string, name: string): number | null {
	const text = raw.normalize('NFKC').trim();
	if (text === '') return null;
	if (isZero(text)) return 0;
	const match = /^(\d{1,6})(?:[.,](\d{1,2}))?\s*(?:m3|khối)?$/i.exec(text);
	if (!match) throw new DomainError('UNPROCESSABLE_CONTENT', 'volumeUnclear', { field: name });
	const litres = Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
	if (litres > MAX_REPORT_M3 * 1000) {
		const values = { min: 0, max: MAX_REPORT_M3 };
		throw new DomainError('UNPROCESSABLE_CONTENT', 'countOutOfRange', { field: name, values });
	}
	return litres;
}

function readCount(form: FormData, name: string, max: number): number | null {
	const text = field(form, name).trim();
	return text === '' ? null : parseCount(text, { min: 0, max }, name);
}

function readLines(form: FormData): ReportLine[] {
	const readers: Record<string, () => ReportLine> = {};
	for (const [name, value] of form) {
		const match = /^line-(kg|piece)-(\w{1,60})$/.exec(name);
		if (!match || typeof value !== 'string' || value.trim() === '') continue;
		const unit = match[1] as 'kg' | 'piece';
		readers[name] = () => ({
			...{ material: match[2]!, unit },
			quantityMilli: unit === 'kg' ? parseKgMilli(value, name, MAX_REPORT_KG) : parsePiecesMilli(value, name),
		});
	}
	return Object.values(readAll(readers));
}

/** Refuses with 422 all figures that are none, each beside its field. */
export function readReport(form: FormData): Omit<ReportInput, 'id'> {
	const revision = field(form, 'revision');
	if (revision !== '' && !/^\d{1,6}$/.test(revision))
		throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'revision' });
	const figures = readAll({
		headCount: () => parseCount(field(form, 'headCount'), { min: 0, max: MAX_CAPACITY }, 'headCount'),
		lines: () => readLines(form),
		recyclablesGrams: () => readGrams(form, 'recyclables'),
		otherWasteGrams: () => readGrams(form, 'otherWaste'),
		otherWasteLitres: () => parseCubicMetres(field(form, 'otherWasteM3'), 'otherWasteM3'),
		streetMetres: () => readCount(form, 'streetMetres', MAX_METRES),
		drainMetres: () => readCount(form, 'drainMetres', MAX_METRES),
		treeCount: () => readCount(form, 'treeCount', MAX_TREES),
	});
	const goodsHouse = field(form, 'goodsHouse').trim();
	const isUntouched = goodsHouse === field(form, 'proposedHouse');
	return {
		...(revision === '' ? {} : { revision: Number(revision) }),
		...figures,
		// A house that the form proposed by itself takes nothing where nothing was sorted.
		goodsHouse: isUntouched && figures.lines.length === 0 ? '' : goodsHouse,
		giftText: field(form, 'giftText'),
		remarks: field(form, 'remarks'),
		shortcomings: field(form, 'shortcomings'),
		proposals: field(form, 'proposals'),
	};
}

/** What stands in the fields of a report that is corrected. */
export function reportValues(report: EventReport | undefined, locale: Locale): Record<string, string> {
	if (!report) return {};
	const text = (count: number | null) => (count === null ? '' : String(count));
	const thousandths = (milli: number | null) => {
		if (milli === null) return '';
		const typed = formatKgInput(milli);
		return locale === 'vi' || typed.includes('.') ? typed : typed.replace(',', '.');
	};
	return {
		headCount: String(report.headCount),
		recyclables: thousandths(report.recyclablesGrams),
		otherWaste: thousandths(report.otherWasteGrams),
		otherWasteM3: thousandths(report.otherWasteLitres),
		streetMetres: text(report.streetMetres),
		drainMetres: text(report.drainMetres),
		treeCount: text(report.treeCount),
		giftText: report.giftText,
		remarks: report.remarks,
		shortcomings: report.shortcomings,
		proposals: report.proposals,
		goodsHouse: report.houseCode ?? '',
		...Object.fromEntries(
			report.lines.map(({ materialCode: material, unit, quantityMilli }) => [
				lineField({ material, unit }),
				unit === 'kg' ? thousandths(quantityMilli) : String(quantityMilli / 1000),
			]),
		),
	};
}
