// A school's own words name classes, never a pupil: this finds what is written as a person is in Vietnamese.
import { foldSearch } from '#lib/fold.ts';

const wordsOf = (...lines: string[]) => new Set(lines.flatMap((line) => line.split(' ')));

/** Family names of Lạng Sơn and of the country, as they are written. */
const FAMILY = wordsOf(
	'nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông hứa vi lương chu lã triệu lành hà mã',
	'lâm linh đinh tô đàm bế đoàn trịnh đào mai cao tạ thái quách vương lộc hoàn lục la ma lò giàng sùng vàng thào',
);
const FOLDED_FAMILY = new Set([...FAMILY].map(foldSearch));
/** Those that mean nothing else without their marks, as many write them on a phone. */
const BARE_FAMILY = wordsOf('nguyen tran pham hoang huynh trieu trinh dinh quach');
/** Those that mean nothing else in small letters either, with marks or without. */
const SURE_FAMILY = wordsOf('nguyễn huỳnh quách nguyen huynh quach');
/** What stands between a family name and a given one, and in few other places. */
const MIDDLE = wordsOf('thị văn');
const BARE_MIDDLE = wordsOf('thi van');
/** More of them, which say something only behind a name that is sure. */
const SURE_MIDDLE = wordsOf(
	'thị văn đức hữu đình ngọc minh thanh quốc xuân gia bảo hoàng thu thuý thúy thùy thuỳ kim mai anh tuấn quang công',
	'hải nhật như phương hồng thi van duc huu dinh ngoc quoc xuan gia bao hoang thuy tuan cong hai nhat nhu hong',
);
/** What follows them in everyday words that have their marks: thị trấn, văn nghệ. */
const EVERYDAY: Record<string, Set<string>> = {
	thị: wordsOf('trấn xã trường giác lực tứ uỷ ủy'),
	văn: wordsOf('nghệ hoá hóa phòng bản kiện miếu'),
};
/** The same without marks, where it may also be thi đua, van nước, vận động, vẫn luôn. */
const BARE_EVERYDAY: Record<string, Set<string>> = {
	thi: wordsOf(
		'tran xa truong giac luc hieu phan dan thanh tu truc dua cong cu ca hat dau chay keo bo boi nhay mua ve viet dien do',
		'tai nghiem diem dong hanh giua chung van vui nau doc tim hieu thu gom phan va o cac lop khoi cap ket',
		'xanh moi loai duoc hoc cuoi',
	),
	van: wordsOf(
		'nghe hoa phong hoc ban kien the mieu chuong tu nuoc khoa xa dong chuyen hanh tai dung may quanh la con hay duoc cho',
		'se de o luon lop va',
	),
};
/** What nguyên is said with, which without marks begins like the surest of the names. */
const BARE_SURE_EVERYDAY = new Set(['nguyen nhu moi', 'nguyen nhu cu', 'nguyen bao bi', 'nguyen gia tri']);
/** In small letters and without marks first of all đô, vở, cao and tổ. */
const WEAK_FAMILY = wordsOf('do vo cao to');
/** What begins like a family name and names no person: the Union, places, what schools do. */
const NO_FAMILY =
	/^(đoàn (thanh niên|tncs|viên|đội|trường|kết)|lộc bình|cao (lộc|bằng|lạng)|hà nội|thái nguyên|bế (mạc|giảng)|đào tạo|lương thực|mã (số|vạch)|tạ ơn|tô màu|võ thuật)(?!\p{L})/u;
/** Said before somebody's name. */
const ADDRESS = wordsOf('em bạn cháu');
/** What follows them with a capital and is nobody: schools, villages, peoples. */
const NO_NAME = wordsOf(
	'trường mầm tiểu trung làng lớp chi thiếu dân yêu dao tày nùng mông kinh sán hs nghèo giúp tới đến với',
);
const BARE_NO_NAME = new Set([...NO_NAME].map(foldSearch));
/** The same where a word alone, or without its marks, may be a name. */
const NOBODY = /^(học sinh|ngoan bác|nhỏ)(?!\p{L})/u;
/** Schools, streets, wards and funds carry names of people, and say before them what they are. */
const NAMED_AFTER = wordsOf(
	'trường thcs thpt th tntp tncs đội quỹ giải đường phố ngõ phường xã huyện tỉnh thôn bản khối hồ núi sông chùa đền',
	'chuyên gương tích',
);
/** The same in two words, of which the second alone stands before a pupil too. */
const PAIRS = [
	...[
		'mang tên',
		'chi đội',
		'liên đội',
		'tiểu học',
		'trung học',
		'mầm non',
		'công viên',
		'tượng đài',
		'tuần lễ',
	],
	...['anh hùng', 'liệt sĩ', 'phong trào', 'chủ tịch'],
];
const NAMED_AFTER_PAIRS = new Set([...PAIRS, ...PAIRS.map(foldSearch)]);
/** Without marks, but for those that are also said of or to a pupil: ban (bạn), ho (ủng hộ), doi (đôi). */
const BARE_NAMED_AFTER = new Set(
	[...NAMED_AFTER].map(foldSearch).filter((word) => !['ban', 'ho', 'doi'].includes(word)),
);
const isCapital = (word: string | undefined): word is string => word !== undefined && /^\p{Lu}/u.test(word);
const isBareText = (text: string) => !/[^\p{ASCII}]/u.test(text);

/**
 * The first that looks like somebody's name: a family name and two more words with a capital; a family name, `thị` or
 * `văn`, and a given name however they are written, in small letters and without marks too; or any word with a capital
 * after `em`, `bạn`, `cháu`. Undefined where nothing does. What a school or a street is named after is nobody, as long as
 * `trường`, `phố` or the like stands before it, and neither is what everyday words say ({@link EVERYDAY}).
 */
export function findNamedPerson(text: string): string | undefined {
	const isLoud = text === text.toUpperCase();
	const isBare = isBareText(text);
	const written = text.normalize('NFC').replace(/(?<=\p{L})-(?=\p{L})/gu, ' ');
	const words = written.match(/[\p{L}\p{M}]+|[^\p{L}\p{M}\s]+/gu) ?? [];
	for (let at = 0; at < words.length; at += 1) {
		let end = at;
		while (end < at + 6 && isCapital(words[end])) end += 1;
		const before = words[at - 1]?.toLowerCase() ?? '';
		const name = words.slice(at, end).join(' ');
		const family = words[at]!.toLowerCase();
		const isFamily = FAMILY.has(family) || (isBare && BARE_FAMILY.has(family));
		const pair = `${words[at - 2]?.toLowerCase()} ${before}`;
		const isNamedAfter = (isBare ? BARE_NAMED_AFTER : NAMED_AFTER).has(before) || NAMED_AFTER_PAIRS.has(pair);
		const isWhole = isFamily && end - at >= 3 && !NO_FAMILY.test(name.toLowerCase());
		const isNobody =
			(isBare ? BARE_NO_NAME : NO_NAME).has(family) ||
			NOBODY.test(`${family} ${words[at + 1]?.toLowerCase()}`);
		const isAddressed = ADDRESS.has(before) && end > at && !isLoud && !isNobody;
		if ((isWhole && !isNamedAfter) || isAddressed) return name;
		const three = words.slice(at, at + 3);
		if (!isNamedAfter && isByMiddle(three, { isBare })) return end - at >= 3 ? name : three.join(' ');
	}
	return undefined;
}

/** A family name, what stands in the middle of names, and a given name, in letters of any size, marks or none. */
function isByMiddle(three: string[], { isBare }: { isBare: boolean }): boolean {
	const [family = '', middle = '', given = ''] = three.map((word) => word.toLowerCase());
	if (!/^\p{L}{1,7}$/u.test(given)) return false;
	const isBareThree = isBareText(three.join(''));
	const isCapitalised = three.every(isCapital);
	if (SURE_FAMILY.has(family) && SURE_MIDDLE.has(middle))
		return isCapitalised || !BARE_SURE_EVERYDAY.has(`${family} ${middle} ${given}`);
	// Three words with a capital and no marks may stand amid others that have them.
	if (isBareThree && (isBare || isCapitalised)) {
		const isFamily = FOLDED_FAMILY.has(family) && (isCapitalised || !WEAK_FAMILY.has(family));
		return isFamily && BARE_MIDDLE.has(middle) && !BARE_EVERYDAY[middle]!.has(given);
	}
	return FAMILY.has(family) && MIDDLE.has(middle) && !EVERYDAY[middle]!.has(given);
}
