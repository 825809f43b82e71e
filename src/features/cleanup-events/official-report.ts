// The report that goes to whoever ordered the clean-up, with the heads that such a paper has. It is in Vietnamese
// whatever the page's language, as official papers are.
import type { OrganisationTable } from '#db/schema.ts';
import { shortHouseName } from '#features/green-houses/green-house.ts';
import { shortUnitName, type AdminUnit } from '#features/places/place.ts';
import { formatCount, formatGrams, formatQuantity } from '#lib/number-format.ts';
import { formatDate, formatTime, formatWeekday, toLocalDate } from '#lib/time.ts';
import { formatMetres, otherWasteText, recyclablesText } from './achieved.ts';
import { placeText, plainText, type CleanupEvent, type EventReport } from './cleanup-event.ts';
import { movedFrom, type EventChange, type Moved } from './event-change.ts';
import { officialBody, type OfficialHead } from './official-body.ts';

type Heads = { headCount: number; present?: number | undefined };
export type OfficialParts = {
	event: CleanupEvent;
	/** Of the organisation: its kind, and the unit it belongs to. */
	kind: OrganisationTable['kind'];
	unit: Pick<AdminUnit, 'kind' | 'nameVi'> | undefined;
	coOrganisers: { name: string }[];
	/** What was changed about it, the last first. */
	changes: readonly EventChange[];
	/** How many of each signed up, and came; undefined where nobody was checked in. */
	units: ({ name: string } & Heads)[];
	/** Everybody who signed up for themselves or a household. */
	people: Heads;
	/** Who came though their sign-up had ended. */
	cancelled: number;
	/** Who came without a sign-up, and how many of them are under 16. */
	walkIns: { heads: number; minors: number };
	report: EventReport | undefined;
};

/** A line of the paper: after its text, where `isOpen`, dots that somebody fills in. */
export type OfficialLine = { text: string; isOpen?: boolean; isInner?: boolean };
export type OfficialSection = { title: string; lines: OfficialLine[] };
export type OfficialReport = {
	isSample: boolean;
	head: OfficialHead;
	/** Who signs, a line each. */
	signer: readonly string[];
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
	sign: '(Ký, ghi rõ họ tên, đóng dấu)',
	sample: 'MẪU, không phải văn bản thật',
} as const;

const PROVINCE = 'Lạng Sơn';
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

const dayOf = (instant: number): string => {
	const date = toLocalDate(instant);
	return `${formatWeekday(date, 'vi')}, ngày ${formatDate(date, 'vi')}`;
};

function timeOf({ startsAt, endsAt }: CleanupEvent): string {
	return toLocalDate(startsAt) === toLocalDate(endsAt)
		? `Từ ${hourOf(startsAt)} đến ${hourOf(endsAt)}, ${dayOf(startsAt)}.`
		: `Từ ${hourOf(startsAt)}, ${dayOf(startsAt)}, đến ${hourOf(endsAt)} ngày ${formatDate(toLocalDate(endsAt), 'vi')}.`;
}

const why = (reason: string): string => (reason ? `; lý do: ${plainText(reason)}` : '');

function postponedOf({ startsAt }: CleanupEvent, { time }: Moved): OfficialLine[] {
	if (!time) return [];
	const word = time.startsAt < startsAt ? 'hoãn' : 'dời';
	const from = `${hourOf(time.startsAt)}, ${formatWeekday(toLocalDate(time.startsAt), 'vi')}, ${formatDate(toLocalDate(time.startsAt), 'vi')}`;
	return [{ text: `(${word} từ ${from}${why(time.reason)})` }];
}

const movedOf = ({ place }: Moved): OfficialLine[] =>
	place ? [{ text: `(đổi từ ${placeText(place, 'vi')}${why(place.reason)})` }] : [];

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
const heads = (value: number): string => `${formatCount(value, 'vi')} người`;

/** Of who had their name erased. */
const NAMELESS = '(không còn tên)';

function unitsOf({ units }: OfficialParts): OfficialLine[] {
	if (units.length === 0) return [say('Các đơn vị tham gia', undefined)];
	return [
		{ text: 'Các đơn vị tham gia:' },
		...units.map(({ name, headCount, present }) => ({
			text:
				present === undefined
					? `- ${name || NAMELESS}: ${heads(headCount)} đăng ký`
					: `- ${name || NAMELESS}: ${heads(present)} (đăng ký ${formatCount(headCount, 'vi')})`,
			isInner: true,
		})),
	];
}

/** Who came beside the units, as far as the portal knows; nobody is left out of the sum. */
function othersOf({ people, cancelled, walkIns }: OfficialParts): OfficialLine[] {
	const { headCount, present = headCount } = people;
	const signed = present === headCount ? '' : ` (đăng ký ${formatCount(headCount, 'vi')})`;
	const minors = walkIns.minors > 0 ? ` (trong đó ${formatCount(walkIns.minors, 'vi')} em dưới 16 tuổi)` : '';
	return [
		...(headCount + present > 0 ? [say('Cá nhân, gia đình đăng ký', heads(present) + signed)] : []),
		...(cancelled > 0 ? [say('Người đã huỷ đăng ký mà vẫn đến', heads(cancelled))] : []),
		...(walkIns.heads > 0 ? [say('Người đến không đăng ký', heads(walkIns.heads) + minors)] : []),
	];
}

/** The report's own total; where those who were checked in are not as many, both stand. */
function totalOf({ units, people, cancelled, walkIns, report }: OfficialParts): OfficialLine {
	const total = report && `${formatCount(report.headCount, 'vi')} lượt người`;
	if (!total || people.present === undefined) return say('Tổng số', total);
	const checked = units.reduce((sum, { present = 0 }) => sum + present, people.present);
	const came = checked + cancelled + walkIns.heads;
	return say('Tổng số', came === report.headCount ? total : `${total} (điểm danh được ${heads(came)})`);
}

function partsOf(parts: OfficialParts): OfficialLine[] {
	const { event, coOrganisers } = parts;
	return [
		say('Đơn vị tổ chức', event.organisationName),
		...(coOrganisers.length > 0
			? [say('Cùng tổ chức', coOrganisers.map(({ name }) => name).join('; '))]
			: []),
		say('Người phụ trách', event.leadName),
		...(event.collectionPartner ? [say('Đơn vị thu gom', event.collectionPartner)] : []),
		...unitsOf(parts),
		...othersOf(parts),
		totalOf(parts),
	];
}

const count = (value: number | null | undefined, unit: string): string | undefined =>
	value === null || value === undefined ? undefined : `${formatCount(value, 'vi')} ${unit}`;
const metres = (value: number | null | undefined): string | undefined =>
	value === null || value === undefined ? undefined : formatMetres(value, 'vi');

/** A text of one line stands beside its name, a longer one below. */
function under(label: string, text: string): OfficialLine[] {
	const lines = linesOf(text);
	return lines.length < 2 ? [say(label, lines[0]?.text)] : [{ text: `${label}:` }, ...lines];
}

/** What is not known is left to be filled in, never 0. */
function resultOf(report: EventReport | undefined): OfficialLine[] {
	const lines = report?.lines ?? [];
	const unsorted = lines.length > 0 && report?.recyclablesGrams ? report.recyclablesGrams : null;
	return [
		say('Người tham gia', count(report?.headCount, 'lượt người')),
		say('Phế liệu, đồ bán được', report && recyclablesText(report, 'vi', ' và ')),
		...lines.map((line) => ({
			text: `- ${line.nameVi}: ${formatQuantity(line.quantityMilli, line.unit, 'vi')}`,
			isInner: true,
		})),
		...(unsorted === null
			? []
			: [{ text: `- Chưa phân loại: ${formatGrams(unsorted, 'vi')}`, isInner: true }]),
		...(report?.houseCode && report.houseName
			? [say('Đã đưa vào Ngôi nhà xanh', `${shortHouseName(report.houseName)} (${report.houseCode})`)]
			: []),
		say('Rác thải khác', report && otherWasteText(report, 'vi')),
		say('Đường, ngõ đã dọn', metres(report?.streetMetres)),
		say('Cống, rãnh đã khơi thông', metres(report?.drainMetres)),
		say('Cây đã trồng', count(report?.treeCount, 'cây')),
		...under('Quà đã trao', report?.giftText ?? ''),
		...(report?.remarks ? under('Nhận xét', report.remarks) : []),
	];
}

export function officialReport(parts: OfficialParts): OfficialReport {
	const { event, kind, unit, report } = parts;
	const moved = movedFrom(event, parts.changes);
	const sections: [string, OfficialLine[]][] = [
		// The description calls people; why the unit ordered it, only its author knows.
		['Mục đích', [open, open]],
		['Thời gian', [{ text: timeOf(event) }, ...postponedOf(event, moved)]],
		[
			'Địa điểm',
			[
				{ text: `${placeText(event, 'vi')}.` },
				...movedOf(moved),
				...(event.areaText ? [say('Nơi dọn', sentence(event.areaText))] : []),
			],
		],
		['Thành phần', partsOf(parts)],
		['Kết quả', resultOf(report)],
		['Tồn tại, hạn chế', saidOrOpen(report?.shortcomings)],
		['Kiến nghị, đề xuất', saidOrOpen(report?.proposals)],
	];
	return {
		isSample: event.isSample === 1,
		...officialBody(kind, event.organisationName),
		organisation: event.organisationName,
		place: unit && unit.kind !== 'city' ? shortUnitName(unit.nameVi) : PROVINCE,
		year: toLocalDate(event.endsAt).slice(0, 4),
		subject: `Kết quả tổ chức buổi “${event.title}”`,
		basis: event.documentNumber && `(theo văn bản số ${event.documentNumber})`,
		sections: sections.map(([title, lines], index) => ({ title: `${index + 1}. ${title}`, lines })),
	};
}
