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
	['Mua xe dap cho Nguyen Van An', 'Nguyen Van An'],
	['TANG HOANG THI HOA', 'HOANG THI HOA'],
	['Tặng Đoàn Thị Lan', 'Đoàn Thị Lan'],
	['Giúp Nguyễn-Văn-An', 'Nguyễn Văn An'],
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
	'Don duong Tran Dang Ninh, truong THCS Hoang Van Thu',
	'Ke Hoach Nho Dot Mot',
	'Đoàn Thanh Niên và Đội Thiếu Niên',
	'Đoàn Kết Là Sức Mạnh',
	'Quỹ Lương Thực Xanh – Cao Lộc – Mai Pha',
	'',
])('%s names nobody', (text) => {
	expect(findNamedPerson(text)).toBeUndefined();
});
