// A school's own words name classes, never a pupil: this finds what is written as a person is in Vietnamese.

/** Family names of Lạng Sơn and of the country, as they are written. */
const FAMILY = new Set(
	[
		'nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông hứa vi lương chu lã triệu lành hà mã',
		'lâm linh đinh tô đàm bế đoàn trịnh đào mai cao tạ thái quách vương lộc hoàn lục la ma lò giàng sùng vàng thào',
	].flatMap((line) => line.split(' ')),
);
/** Said before somebody's name. */
const ADDRESS = new Set(['em', 'bạn', 'cháu']);
/** Schools, streets, wards and funds carry names of people, and say before them what they are. */
const NAMED_AFTER = new Set(
	[
		'trường thcs thpt th học tiểu mầm non đội liên quỹ giải đường phố ngõ phường xã huyện tỉnh thôn bản khối hồ',
		'núi sông chùa đền công viên tượng đài anh hùng liệt sĩ phong trào',
	].flatMap((line) => line.split(' ')),
);
const isCapital = (word: string | undefined): word is string => word !== undefined && /^\p{Lu}/u.test(word);

/**
 * The first that looks like somebody's name: a family name and two more words with a capital, or any word with one after
 * `em`, `bạn`, `cháu`; undefined where nothing does. What a school or a street is named after is nobody, as long as
 * `trường`, `phố` or the like stands before it. Small letters hide a name from it.
 */
export function findNamedPerson(text: string): string | undefined {
	const isLoud = text === text.toUpperCase();
	const words = text.normalize('NFC').match(/[\p{L}\p{M}]+|[^\p{L}\p{M}\s]+/gu) ?? [];
	for (let at = 0; at < words.length; at += 1) {
		let end = at;
		while (end < at + 6 && isCapital(words[end])) end += 1;
		const before = words[at - 1]?.toLowerCase() ?? '';
		const isWhole = FAMILY.has(words[at]!.toLowerCase()) && end - at >= 3 && !NAMED_AFTER.has(before);
		const isAddressed = ADDRESS.has(before) && end > at && !isLoud;
		if (isWhole || isAddressed) return words.slice(at, end).join(' ');
	}
	return undefined;
}
