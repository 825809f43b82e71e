import { isIPv4, isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address, each as a number. */
function groupsOf(address: string): number[] {
	// The dotted end of `::ffff:203.0.113.7` is two groups.
	const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
		const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
		return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
	});
	const [head = [], tail = []] = hex.split('::').map((part) => part.split(':').filter(Boolean));
	const zeros = Array<string>(8 - head.length - tail.length).fill('0');
	return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

/** Whoever has one address of an IPv6 /64 has all of them; a mapped IPv4 address is that IPv4 address. */
function networkOf(address: string): string {
	// Some proxies write the port too: `203.0.113.7:5678`, `[2001:db8::1]:443`.
	const host = /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1');
	const [bare = ''] = host.split('%');
	if (isIPv4(bare) || !isIPv6(bare)) return bare;
	const groups = groupsOf(bare);
	const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
	if (isMapped)
		return groups
			.slice(6)
			.flatMap((group) => [group >> 8, group & 255])
			.join('.');
	const prefix = groups.slice(0, 4).map((group) => group.toString(16));
	return `${prefix.join(':')}::/64`;
}

/** The key under which tries from a visitor's address are counted: `sign-in:address:2001:db8:0:1::/64`. */
export const addressKey = (what: string, address: string): string => `${what}:address:${networkOf(address)}`;
