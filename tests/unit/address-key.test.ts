// From where tries are counted: one household, not each of the addresses that its line gives out.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addressKey } from '#lib/address-key.ts';

test.each([
	['203.0.113.7', '203.0.113.7'],
	['::ffff:203.0.113.7', '203.0.113.7'],
	['::FFFF:203.0.113.7', '203.0.113.7'],
	['::ffff:cb00:7107', '203.0.113.7'],
	['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
	['2001:db8:0:1::1', '2001:db8:0:1::/64'],
	['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
	['2001:0DB8:0000:0001:0:0:0:2', '2001:db8:0:1::/64'],
	['2001:db8:0:1:2::', '2001:db8:0:1::/64'],
	['2001:db8:0:2::1', '2001:db8:0:2::/64'],
	['2001:db8::1', '2001:db8:0:0::/64'],
	['::ffff:0:203.0.113.7', '0:0:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['fe80::2%3', 'fe80:0:0:0::/64'],
	['::1', '0:0:0:0::/64'],
	['::', '0:0:0:0::/64'],
	['', ''],
	['unknown', 'unknown'],
	['2001:db8:::1', '2001:db8:::1'],
	['203.0.113.7:5678', '203.0.113.7'],
	['[2001:db8:0:1::9]:443', '2001:db8:0:1::/64'],
	['[2001:db8:0:1::9]', '2001:db8:0:1::/64'],
	['[::ffff:203.0.113.7]:80', '203.0.113.7'],
])('%j counts as %j', (address, network) => {
	expect(addressKey('sign-in', address)).toBe(`sign-in:address:${network}`);
});

test('no other code makes a key of an address', () => {
	const files = globSync('src/**/*.{ts,astro}').filter((file) => !file.endsWith('address-key.ts'));
	expect(files.filter((file) => readFileSync(file, 'utf8').includes(':address:'))).toEqual([]);
});
