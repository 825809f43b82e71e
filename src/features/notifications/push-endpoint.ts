// Where a push may go: only to the services that browsers use, never into the operator's own network.
import { BlockList, isIP } from 'node:net';
import { DomainError } from '#lib/errors.ts';

export type Subscription = { endpoint: string; p256dh: string; auth: string };

const MAX_ENDPOINT = 2000;

/** `*.push.apple.com` stands for all hosts below `push.apple.com`. */
const isListed = (host: string, hosts: string[]): boolean =>
	hosts.some((each) => (each.startsWith('*.') ? host.endsWith(each.slice(1)) : host === each));

export function isPushEndpoint(text: string, hosts: string[]): boolean {
	if (text.length > MAX_ENDPOINT || !URL.canParse(text)) return false;
	const { protocol, hostname, port, username, password, href } = new URL(text);
	// As the browser wrote it: an address that reads otherwise to the two is refused.
	if (protocol !== 'https:' || port !== '' || username !== '' || password !== '' || href !== text)
		return false;
	return isIP(hostname) === 0 && isListed(hostname, hosts);
}

const isBytes = (text: string, length: number): boolean =>
	/^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === length;

/** Refuses with 422 an address that is no push service's, and keys that are none (RFC 8291: 65 and 16 bytes). */
export function checkSubscription({ endpoint, p256dh, auth }: Subscription, hosts: string[]): void {
	const isPoint = isBytes(p256dh, 65) && Buffer.from(p256dh, 'base64url')[0] === 4;
	if (!isPushEndpoint(endpoint, hosts) || !isPoint || !isBytes(auth, 16))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'pushUnusable', { field: 'endpoint' });
}

const PRIVATE = new BlockList();
for (const [network, bits] of [
	...([['0.0.0.0', 8] as const, ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8]] as const),
	...([['169.254.0.0', 16] as const, ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16]] as const),
	...([['198.18.0.0', 15] as const, ['224.0.0.0', 3]] as const),
])
	PRIVATE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
	...([['::', 96] as const, ['64:ff9b::', 96], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const),
])
	PRIVATE.addSubnet(network, bits, 'ipv6');

/** An address that only machines nearby have: no push service is there, whatever its name says. */
export const isPrivateAddress = (address: string): boolean =>
	PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
