// Who reports, as official papers name it: the heads, the mark of the number and who signs.
import type { OrganisationTable } from '#db/schema.ts';

/** What stands above the paper: the Youth Union's papers have a head of their own, all others the State's. */
export type OfficialHead = {
	/** The body above the one that reports; '' is filled in, undefined where none stands. */
	above: string | undefined;
	/** The body's name, a line each. */
	name: readonly string[];
	/** Between the body's name and the number. */
	mark: string;
	/** Between its parts somebody fills in. */
	number: readonly string[];
	/** The lines on the right; the last is underlined. */
	title: readonly string[];
};
export type OfficialBody = { head: OfficialHead; signer: readonly string[] };

const PROVINCE = 'LẠNG SƠN';
/** By decree 30/2020/NĐ-CP. */
const STATE = {
	...{ above: '', mark: '', number: ['Số:', '/BC-', ''] },
	title: ['CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc'],
};
/** By the Union's guidance 29-HD/TWĐTN-VP. */
const UNION = { ...STATE, mark: '***', number: ['Số:', '-BC/ĐTN'], title: ['ĐOÀN TNCS HỒ CHÍ MINH'] };

type Rule = {
	kind?: OrganisationTable['kind'];
	/** How the name begins. */
	name: RegExp;
	/** What differs from the State's papers; a line of the name that stands alone is taken off the rest. */
	head?: Partial<OfficialHead> & { first?: string };
	signer: readonly string[];
};
const UNION_SIGNER = ['TM. BAN CHẤP HÀNH', 'BÍ THƯ'];
const COMMITTEE = '(?:Ban Chấp hành |BCH )?';
const YOUTH = '(?:TNCS Hồ Chí Minh |Thanh niên Cộng sản Hồ Chí Minh |Thanh niên )?';
/** The first that fits. A ward's or commune's Union stands under the province's, which stands alone. */
const RULES: readonly Rule[] = [
	{
		...{ kind: 'youth_union', name: /^Hội đồng Đội/iu },
		...{ head: { ...UNION, number: ['Số:', '-BC/HĐĐ'] }, signer: ['TM. HỘI ĐỒNG ĐỘI', 'CHỦ TỊCH'] },
	},
	{
		...{ kind: 'youth_union', name: new RegExp(`^${COMMITTEE}Đoàn ${YOUTH}(?:phường|xã) `, 'iu') },
		...{ head: { ...UNION, above: `TỈNH ĐOÀN ${PROVINCE}` }, signer: UNION_SIGNER },
	},
	{
		...{ kind: 'youth_union', name: new RegExp(`^${COMMITTEE}(?:Tỉnh đoàn|Đoàn ${YOUTH}tỉnh)`, 'iu') },
		...{ head: { ...UNION, above: undefined }, signer: UNION_SIGNER },
	},
	{ kind: 'youth_union', name: /^/u, head: UNION, signer: UNION_SIGNER },
	{
		name: /^(?:UBND|(?:Uỷ|Ủy) ban nhân dân)\s+(?=\p{L})/iu,
		head: { above: undefined, first: 'UỶ BAN NHÂN DÂN', number: ['Số:', '/BC-UBND'] },
		signer: ['TM. UỶ BAN NHÂN DÂN', 'CHỦ TỊCH'],
	},
	{
		name: /^(?:Hội Liên hiệp Phụ nữ|Hội LHPN)(?!\p{L})/iu,
		...{ head: { number: ['Số:', '/BC-BTV'] }, signer: ['TM. BAN THƯỜNG VỤ', 'CHỦ TỊCH'] },
	},
	{ name: /^/u, signer: ['ĐẠI DIỆN ĐƠN VỊ TỔ CHỨC'] },
];

export function officialBody(kind: OrganisationTable['kind'], organisation: string): OfficialBody {
	const rule = RULES.find((each) => (each.kind ?? kind) === kind && each.name.test(organisation))!;
	const { first, ...head } = rule.head ?? {};
	const name = first === undefined ? [organisation] : [first, organisation.replace(rule.name, '')];
	return {
		head: { ...STATE, ...head, name: name.map((line) => line.toLocaleUpperCase('vi')) },
		signer: rule.signer,
	};
}
