// The report that goes to whoever ordered the clean-up, with the heads that such a paper has. It is in Vietnamese
// whatever the page's language, as official papers are.
import type { OrganisationTable } from '#db/schema.ts';
import { shortUnitName, type AdminUnit } from '#features/places/place.ts';
import { formatCount, formatGrams, formatQuantity } from '#lib/number-format.ts';
import { formatDate, formatTime, formatWeekday, toLocalDate } from '#lib/time.ts';
import { formatMetres, otherWasteText, recyclablesText } from './achieved.ts';
import { placeText, plainText, type CleanupEvent, type EventReport } from './cleanup-event.ts';

export type OfficialParts = {
	event: CleanupEvent;
	/** Of the organisation: its kind, and the unit it belongs to. */
	kind: OrganisationTable['kind'];
	unit: Pick<AdminUnit, 'kind' | 'nameVi'> | undefined;
	coOrganisers: { name: string }[];
	/** How many of each signed up, and came; undefined where nobody was checked in. */
	units: { name: string; headCount: number; present?: number | undefined }[];
	report: EventReport | undefined;
};

/** A line of the paper: after its text, where `isOpen`, dots that somebody fills in. */
export type OfficialLine = { text: string; isOpen?: boolean; isInner?: boolean };
export type OfficialSection = { title: string; lines: OfficialLine[] };
/** What stands above the paper: the Youth Union's papers have a head of their own, all others the State's. */
export type OfficialHead = {
	/** The body above the one that reports; '' is filled in, undefined where none stands. */
	above: string | undefined;
	/** Between the body's name and the number. */
	mark: string;
	/** Between its parts somebody fills in. */
	number: readonly string[];
	/** The lines on the right; the last is underlined. */
	title: readonly string[];
};
export type OfficialReport = {
	isSample: boolean;
	head: OfficialHead;
	organisation: string;
	place: string;
	year: string;
	subject: string;
	/** The letter that called to it; '' without one. */
	basis: string;
	sections: OfficialSection[];
};

/** The fixed words of the paper. */
export const OFFICIAL = {
	title: 'BÁO CÁO',
	to: 'Kính gửi:',
	recipients: 'Nơi nhận:',
	recipientsAs: '- Như kính gửi;',
	recipientsKept: '- Lưu.',
	signer: 'ĐẠI DIỆN ĐƠN VỊ TỔ CHỨC',
	sign: '(Ký, ghi rõ họ tên, đóng dấu)',
	sample: 'MẪU, không phải văn bản thật',
} as const;

const PROVINCE = 'Lạng Sơn';
/** By decree 30/2020/NĐ-CP. */
const STATE: OfficialHead = {
	above: '',
	mark: '',
	number: ['Số:', '/BC-', ''],
	title: ['CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc'],
};

/** By the Union's guidance 29-HD/TWĐTN-VP. A ward's or commune's Union stands under the province's, which stands alone. */
function unionHead(name: string): OfficialHead {
	const isOfWard = /^Đoàn (TNCS Hồ Chí Minh |Thanh niên )?(phường|xã) /iu.test(name);
	const isOfProvince = /^(Ban Chấp hành |BCH )?(Tỉnh đoàn|Đoàn tỉnh)/iu.test(name);
	return {
		above: isOfWard ? `TỈNH ĐOÀN ${PROVINCE.toLocaleUpperCase('vi')}` : isOfProvince ? undefined : '',
		mark: '***',
		number: ['Số:', '-BC/ĐTN'],
		title: ['ĐOÀN TNCS HỒ CHÍ MINH'],
	};
}

const open: OfficialLine = { text: '', isOpen: true };
const say = (label: string, value: string | undefined): OfficialLine =>
	value ? { text: `${label}: ${value}` } : { text: `${label}:`, isOpen: true };
const linesOf = (text: string): OfficialLine[] =>
	plainText(text)
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean)
		.map((line) => ({ text: line }));

const saidOrOpen = (text: string | undefined): OfficialLine[] => (text ? linesOf(text) : [open, open]);

/** As papers write it: `7 giờ 30`, `8 giờ`. */
function hourOf(instant: number): string {
	const [hours, minutes] = formatTime(instant).split(':');
	return `${Number(hours)} giờ${minutes === '00' ? '' : ` ${minutes}`}`;
}

function timeOf({ startsAt, endsAt }: CleanupEvent): string {
	const [date, last] = [toLocalDate(startsAt), toLocalDate(endsAt)];
	const day = `${formatWeekday(date, 'vi')}, ngày ${formatDate(date, 'vi')}`;
	return date === last
		? `Từ ${hourOf(startsAt)} đến ${hourOf(endsAt)}, ${day}.`
		: `Từ ${hourOf(startsAt)}, ${day}, đến ${hourOf(endsAt)} ngày ${formatDate(last, 'vi')}.`;
}

function partsOf({ event, coOrganisers, units, report }: OfficialParts): OfficialLine[] {
	return [
		say('Đơn vị tổ chức', event.organisationName),
		...(coOrganisers.length > 0
			? [say('Cùng tổ chức', coOrganisers.map(({ name }) => name).join('; '))]
			: []),
		say('Người phụ trách', event.leadName),
		...(event.collectionPartner ? [say('Đơn vị thu gom', event.collectionPartner)] : []),
		...(units.length > 0
			? [
					{ text: 'Các đơn vị tham gia:' },
					...units.map(({ name, headCount, present }) => ({
						text:
							present === undefined
								? `- ${name}: ${formatCount(headCount, 'vi')} người đăng ký`
								: `- ${name}: ${formatCount(present, 'vi')} người (đăng ký ${formatCount(headCount, 'vi')})`,
						isInner: true,
					})),
				]
			: [say('Các đơn vị tham gia', undefined)]),
		say('Tổng số', report && `${formatCount(report.headCount, 'vi')} lượt người`),
	];
}

const count = (value: number | null | undefined, unit: string): string | undefined =>
	value === null || value === undefined ? undefined : `${formatCount(value, 'vi')} ${unit}`;
const metres = (value: number | null | undefined): string | undefined =>
	value === null || value === undefined ? undefined : formatMetres(value, 'vi');

/** What is not known is left to be filled in, never 0. */
function resultOf(report: EventReport | undefined): OfficialLine[] {
	const lines = report?.lines ?? [];
	const unsorted = lines.length > 0 && report?.recyclablesGrams ? report.recyclablesGrams : null;
	return [
		say('Người tham gia', count(report?.headCount, 'lượt người')),
		say('Phế liệu, đồ bán được', report && recyclablesText(report, 'vi')),
		...lines.map((line) => ({
			text: `- ${line.nameVi}: ${formatQuantity(line.quantityMilli, line.unit, 'vi')}`,
			isInner: true,
		})),
		...(unsorted === null
			? []
			: [{ text: `- Chưa phân loại: ${formatGrams(unsorted, 'vi')}`, isInner: true }]),
		say('Rác thải khác', report && otherWasteText(report, 'vi')),
		say('Đường, ngõ đã dọn', metres(report?.streetMetres)),
		say('Cống, rãnh đã khơi thông', metres(report?.drainMetres)),
		say('Cây đã trồng', count(report?.treeCount, 'cây')),
		...(report?.giftText
			? [{ text: 'Quà đã trao:' }, ...linesOf(report.giftText)]
			: [say('Quà đã trao', undefined)]),
		...(report?.remarks ? [{ text: 'Nhận xét:' }, ...linesOf(report.remarks)] : []),
	];
}

export function officialReport(parts: OfficialParts): OfficialReport {
	const { event, kind, unit, report } = parts;
	const sections: [string, OfficialLine[]][] = [
		// The description calls people; why the unit ordered it, only its author knows.
		['Mục đích', [open, open]],
		['Thời gian', [{ text: timeOf(event) }]],
		['Địa điểm', [{ text: `${placeText(event, 'vi')}.` }, ...linesOf(event.areaText)]],
		['Thành phần', partsOf(parts)],
		['Kết quả', resultOf(report)],
		['Tồn tại, hạn chế', saidOrOpen(report?.shortcomings)],
		['Kiến nghị, đề xuất', saidOrOpen(report?.proposals)],
	];
	return {
		isSample: event.isSample === 1,
		head: kind === 'youth_union' ? unionHead(event.organisationName) : STATE,
		organisation: event.organisationName,
		place: unit && unit.kind !== 'city' ? shortUnitName(unit.nameVi) : PROVINCE,
		year: toLocalDate(event.endsAt).slice(0, 4),
		subject: `Kết quả ra quân “${event.title}”`,
		basis: event.documentNumber && `(theo văn bản số ${event.documentNumber})`,
		sections: sections.map(([title, lines], index) => ({ title: `${index + 1}. ${title}`, lines })),
	};
}
