/** The order of Vietnamese names: Đ before E, Ô after O, `Khối 2` before `Khối 10`. */
export const { compare: compareNames } = new Intl.Collator('vi', { numeric: true });
