// What a clean-up achieved, as its organiser says: every correction is a revision of its own.
import type { Material } from '#features/materials/material.ts';
import { DomainError, readAll } from '#lib/errors.ts';
import { MAX_PIECES } from '#lib/number-input.ts';
import { checkRange, MAX_CAPACITY, type EventReport } from './cleanup-event.ts';

/** Dozens of lorries: above it somebody typed grams. */
export const MAX_REPORT_KG = 1_000_000;
export const MAX_REPORT_M3 = 100_000;
export const MAX_METRES = 1_000_000;
export const MAX_TREES = 1_000_000;

/** Recyclables of one material, in thousandths of its unit. */
export type ReportLine = { material: string; unit: 'kg' | 'piece'; quantityMilli: number };

export type ReportInput = {
	id: string;
	/** The revision that the form was made from, 0 for none; without it nobody looks. */
	revision?: number;
	headCount: number;
	/** What nobody sorted. Null when it was not weighed; 0 when there was none. */
	recyclablesGrams: number | null;
	otherWasteGrams: number | null;
	remarks: string;
} & Partial<ReportMore>;

type ReportMore = {
	otherWasteLitres: number | null;
	streetMetres: number | null;
	drainMetres: number | null;
	treeCount: number | null;
	giftText: string;
	/** These two stand on the official report, never on a public page. */
	shortcomings: string;
	proposals: string;
	lines: ReportLine[];
	/** The code of the house whose cycle takes the lines; empty where they stay apart. */
	goodsHouse: string;
};

/** The field of a material's quantity. */
export const lineField = ({ material, unit }: Pick<ReportLine, 'material' | 'unit'>): string =>
	`line-${unit}-${material}`;

const tooLarge = (field: string, max: number): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', 'quantityTooLarge', { field, values: { max } });
};

function checkGrams(grams: number | null, field: string): void {
	if (grams === null) return;
	const isGood = Number.isSafeInteger(grams) && grams >= 0 && grams <= MAX_REPORT_KG * 1000;
	if (!isGood) tooLarge(field, MAX_REPORT_KG);
}

function checkCount(count: number | null | undefined, max: number, field: string): void {
	if (count !== null && count !== undefined) checkRange(count, { min: 0, max }, field);
}

/** Whole figures within reason. Refuses with 422, naming each that is none. */
export function checkReport(input: ReportInput): void {
	readAll({
		headCount: () => checkRange(input.headCount, { min: 0, max: MAX_CAPACITY }, 'headCount'),
		recyclables: () => checkGrams(input.recyclablesGrams, 'recyclables'),
		otherWaste: () => checkGrams(input.otherWasteGrams, 'otherWaste'),
		litres: () => checkCount(input.otherWasteLitres, MAX_REPORT_M3 * 1000, 'otherWasteM3'),
		street: () => checkCount(input.streetMetres, MAX_METRES, 'streetMetres'),
		drain: () => checkCount(input.drainMetres, MAX_METRES, 'drainMetres'),
		trees: () => checkCount(input.treeCount, MAX_TREES, 'treeCount'),
	});
}

function checkReportLine(line: ReportLine, isAgain: boolean, materials: Material[]): void {
	const field = lineField(line);
	const material = materials.find((each) => each.code === line.material);
	if (!material || material.defaultUnit !== line.unit || isAgain)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownMaterial', { field });
	if (material.acceptedByDefault === 'never') {
		const values = { material: material.nameVi };
		throw new DomainError('UNPROCESSABLE_CONTENT', 'materialNever', { field, values });
	}
	const { quantityMilli, unit } = line;
	if (!Number.isSafeInteger(quantityMilli) || quantityMilli <= 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'quantityNotPositive', { field });
	if (unit === 'kg' && quantityMilli > MAX_REPORT_KG * 1000) tooLarge(field, MAX_REPORT_KG);
	if (unit === 'piece') checkRange(quantityMilli / 1000, { min: 1, max: MAX_PIECES }, field);
}

/** Known materials that a house may take at all, each once and in its own unit. Refuses with 422, naming each bad line. */
export function checkReportLines(lines: ReportLine[], materials: Material[]): void {
	const isAgain = (line: ReportLine, index: number) =>
		lines.findIndex(({ material }) => material === line.material) < index;
	readAll(lines.map((line, index) => () => checkReportLine(line, isAgain(line, index), materials)));
}

/**
 * All recyclables of a report: what was weighed, sorted or not, and what was counted. Never added to each other; null
 * when nothing was said.
 */
export function recyclablesOf(report: Pick<EventReport, 'recyclablesGrams' | 'lines'>) {
	const sum = (unit: 'kg' | 'piece') =>
		report.lines.filter((line) => line.unit === unit).reduce((total, line) => total + line.quantityMilli, 0);
	const [grams, piecesMilli] = [sum('kg'), sum('piece')];
	const isWeighed = report.recyclablesGrams !== null || grams > 0;
	return {
		grams: isWeighed ? grams + (report.recyclablesGrams ?? 0) : null,
		piecesMilli: piecesMilli > 0 ? piecesMilli : null,
	};
}
