// A school's own words name classes, never a pupil: this finds what is written as a person is in Vietnamese.
import { foldSearch } from '#lib/fold.ts';

/** Family names of Lạng Sơn and of the country, as they are written. */
const FAMILY = new Set(
	[
		'nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông hứa vi lương chu lã triệu lành hà mã',
		'lâm linh đinh tô đàm bế đoàn trịnh đào mai cao tạ thái quách vương lộc hoàn lục la ma lò giàng sùng vàng thào',
	].flatMap((line) => line.split(' ')),
);
/** Those that mean nothing else without their marks, as many write them on a phone. */
const BARE_FAMILY = new Set('nguyen tran pham hoang huynh trieu trinh dinh quach'.split(' '));
/** What begins like the family name Đoàn and names no person. */
const UNION = /^đoàn (thanh niên|viên|đội|trường|kết)(?!\p{L})/u;
/** Said before somebody's name. */
const ADDRESS = new Set(['em', 'bạn', 'cháu']);
/** Schools, streets, wards and funds carry names of people, and say before them what they are. */
const NAMED_AFTER = new Set(
	[
		'trường thcs thpt th học tiểu mầm non đội liên quỹ giải đường phố ngõ phường xã huyện tỉnh thôn bản khối hồ',
		'núi sông chùa đền công viên tượng đài anh hùng liệt sĩ phong trào',
	].flatMap((line) => line.split(' ')),
);
const BARE_NAMED_AFTER = new Set([...NAMED_AFTER].map(foldSearch));
const isCapital = (word: string | undefined): word is string => word !== undefined && /^\p{Lu}/u.test(word);

/**
 * The first that looks like somebody's name: a family name and two more words with a capital, or any word with one after
 * `em`, `bạn`, `cháu`; undefined where nothing does. What a school or a street is named after is nobody, as long as
 * `trường`, `phố` or the like stands before it. In a text without any marks only the family names count that mean nothing
 * else. Small letters hide a name from it.
 */
export function findNamedPerson(text: string): string | undefined {
	const isLoud = text === text.toUpperCase();
	const isBare = !/[^\p{ASCII}]/u.test(text);
	const written = text.normalize('NFC').replace(/(?<=\p{L})-(?=\p{L})/gu, ' ');
	const words = written.match(/[\p{L}\p{M}]+|[^\p{L}\p{M}\s]+/gu) ?? [];
	for (let at = 0; at < words.length; at += 1) {
		let end = at;
		while (end < at + 6 && isCapital(words[end])) end += 1;
		const before = words[at - 1]?.toLowerCase() ?? '';
		const name = words.slice(at, end).join(' ');
		const family = words[at]!.toLowerCase();
		const isFamily = FAMILY.has(family) || (isBare && BARE_FAMILY.has(family));
		const isNamedAfter = (isBare ? BARE_NAMED_AFTER : NAMED_AFTER).has(before);
		const isWhole = isFamily && end - at >= 3 && !isNamedAfter && !UNION.test(name.toLowerCase());
		const isAddressed = ADDRESS.has(before) && end > at && !isLoud;
		if (isWhole || isAddressed) return name;
	}
	return undefined;
}
