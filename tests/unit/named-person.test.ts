// What a school writes in its own words about a campaign, and whether somebody is named in it.
import { expect, test } from 'vitest';
import { findNamedPerson } from '#features/schools/named-person.ts';

test.each([
	['Hoàng Thị Mộng Kha', 'Hoàng Thị Mộng Kha'],
	['Mua xe đạp cho Nông Văn An, lớp 6A', 'Nông Văn An'],
	['Giúp bạn An chữa bệnh', 'An'],
	['Tặng em Vi Thị Lan chiếc áo ấm', 'Vi Thị Lan'],
	['ỦNG HỘ LÝ THỊ HOA', 'LÝ THỊ HOA'],
	['lớp 6A: Nguyễn  Văn  Bình', 'Nguyễn Văn Bình'],
	['Hoàng Thị Hoa'.normalize('NFD'), 'Hoàng Thị Hoa'],
])('%s names somebody', (text, found) => {
	expect(findNamedPerson(text)).toBe(found);
});

test.each([
	'Kế hoạch nhỏ đợt 1',
	'Kế Hoạch Nhỏ Đợt Một',
	'Chi Đội Xuất Sắc',
	'KẾ HOẠCH NHỎ GIÚP BẠN NGHÈO',
	'Mua áo ấm cho các bạn ở xa trường',
	'Giúp bạn khó khăn, tặng em nhỏ vùng cao',
	'Quỹ Lê Văn Tám và trường THCS Hoàng Văn Thụ',
	'Dọn đường Trần Đăng Ninh, phường Lương Văn Tri',
	'Chi đội Võ Thị Sáu',
	'Trồng cây quanh hồ Phai Loạn',
	'Lạng Sơn xanh – sạch – đẹp',
	'',
])('%s names nobody', (text) => {
	expect(findNamedPerson(text)).toBeUndefined();
});
