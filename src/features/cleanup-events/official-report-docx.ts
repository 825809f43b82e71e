// The official report as a file that a word processor opens, to be filled in, signed and numbered there.
import {
	AlignmentType,
	BorderStyle,
	Document,
	LeaderType,
	Packer,
	Paragraph,
	Tab,
	Table,
	TableCell,
	TableRow,
	TabStopType,
	TextRun,
	WidthType,
	type IParagraphOptions,
} from 'docx';
import { OFFICIAL, type OfficialLine, type OfficialReport } from './official-report.ts';

/** Twentieths of a point; A4 with the margins that official papers have: 2 cm, left 3 cm. */
const MM = 56.7;
const PAGE = { width: Math.round(210 * MM), height: Math.round(297 * MM) };
const MARGIN = { top: 1134, bottom: 1134, left: 1701, right: 1134 };
const TEXT_WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
const NONE = { style: BorderStyle.NONE, size: 0, color: 'auto' };
const NO_BORDERS = { top: NONE, bottom: NONE, left: NONE, right: NONE };
const DOTS = [{ type: TabStopType.RIGHT, position: TEXT_WIDTH, leader: LeaderType.DOT }];

// XML 1.0 knows no other characters.
const known = (text: string): string =>
	text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
type Look = { bold?: boolean; italics?: boolean; underline?: Record<string, never> };
const run = (text: string, look: Look = {}) => new TextRun({ text: known(text), ...look });
const line = (text: string, look: Look = {}, options: IParagraphOptions = {}) =>
	new Paragraph({ children: [run(text, look)], ...options });
const centred = (text: string, look: Look = {}) => line(text, look, { alignment: AlignmentType.CENTER });

const bodyLine = ({ text, isOpen, isInner }: OfficialLine, keepNext = false) =>
	new Paragraph({
		keepNext,
		children: isOpen ? [run(text && `${text} `), new TextRun({ children: [new Tab()] })] : [run(text)],
		spacing: { before: 20, after: 20, line: 252 },
		...(isOpen ? { tabStops: DOTS } : { alignment: AlignmentType.JUSTIFIED }),
		...(isInner ? { indent: { left: 567 } } : {}),
	});

/** Two columns without lines. */
const columns = (cells: { width: number; children: Paragraph[] }[]) =>
	new Table({
		width: { size: TEXT_WIDTH, type: WidthType.DXA },
		columnWidths: cells.map(({ width }) => Math.round(TEXT_WIDTH * width)),
		borders: { ...NO_BORDERS, insideHorizontal: NONE, insideVertical: NONE },
		rows: [
			new TableRow({
				cantSplit: true,
				children: cells.map(
					({ width, children }) =>
						new TableCell({
							children,
							borders: NO_BORDERS,
							width: { size: Math.round(TEXT_WIDTH * width), type: WidthType.DXA },
						}),
				),
			}),
		],
	});

const head = ({ head: { above, name, mark, number, title }, place, year }: OfficialReport) =>
	columns([
		{
			width: 0.42,
			children: [
				...(above === undefined ? [] : [centred(above || '……………………………')]),
				...name.map((text, index) =>
					centred(text, { bold: true, ...(mark || index < name.length - 1 ? {} : { underline: {} }) }),
				),
				...(mark ? [centred(mark)] : []),
				centred(number.join(' …… ').trim()),
			],
		},
		{
			width: 0.58,
			children: [
				...title.map((text, index) =>
					centred(text, { bold: true, ...(index === title.length - 1 ? { underline: {} } : {}) }),
				),
				centred(`${place}, ngày …… tháng …… năm ${year}`, { italics: true }),
			],
		},
	]);

const foot = ({ signer }: OfficialReport) =>
	columns([
		{
			width: 0.42,
			children: [
				line(OFFICIAL.recipients, { bold: true, italics: true }),
				line(OFFICIAL.recipientsAs),
				line(OFFICIAL.recipientsKept),
			],
		},
		{
			width: 0.58,
			children: [
				...signer.map((text) => centred(text, { bold: true })),
				centred(OFFICIAL.sign, { italics: true }),
				...Array.from({ length: 4 }, () => centred('')),
			],
		},
	]);

/** The bytes of a .docx. */
export function toDocx(report: OfficialReport): Promise<Buffer> {
	const gap = () => line('');
	const document = new Document({
		creator: known(report.organisation),
		lastModifiedBy: '',
		title: known(report.subject),
		styles: {
			default: { document: { run: { font: 'Times New Roman', size: 26, language: { value: 'vi-VN' } } } },
		},
		sections: [
			{
				properties: { page: { size: PAGE, margin: MARGIN } },
				children: [
					...(report.isSample ? [centred(OFFICIAL.sample, { bold: true })] : []),
					head(report),
					gap(),
					centred(OFFICIAL.title, { bold: true }),
					centred(report.subject, { bold: true }),
					...(report.basis ? [centred(report.basis, { italics: true })] : []),
					gap(),
					bodyLine({ text: OFFICIAL.to, isOpen: true }),
					...report.sections.flatMap(({ title, lines }, index) => [
						line(title, { bold: true }, { spacing: { before: 80 }, keepNext: true }),
						// The last words stand on the page that is signed.
						...lines.map((each) => bodyLine(each, index === report.sections.length - 1)),
					]),
					line('', {}, { keepNext: true }),
					foot(report),
				],
			},
		],
	});
	return Packer.toBuffer(document);
}
