// A certificate that vouches for itself (X.509, RFC 5280): made for one test, trusted by it alone.
import { generateKeyPairSync, sign } from 'node:crypto';

/** DER: a tag, the length of what it holds, and that. */
function der(tag: number, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const hex = (tag: number, digits: string) => der(tag, Buffer.from(digits, 'hex'));
const time = (at: number) =>
	der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const DAY_MS = 86_400_000;
const EXTENSION = { subjectAltName: '551d11', basicConstraints: '551d13' };

/** Its own authority, for a host, from yesterday to tomorrow. */
export function makeCertificate(host: string): { cert: string; key: string } {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const ecdsaWithSha256 = sequence(hex(0x06, '2a8648ce3d040302'));
	const name = sequence(der(0x31, sequence(hex(0x06, '550403'), der(0x0c, Buffer.from(host)))));
	const extension = (id: string, value: Buffer) => sequence(hex(0x06, id), der(0x04, value));
	const content = sequence(
		der(0xa0, hex(0x02, '02')),
		hex(0x02, '01'),
		ecdsaWithSha256,
		name,
		sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(
			0xa3,
			sequence(
				extension(EXTENSION.basicConstraints, sequence(hex(0x01, 'ff'))),
				extension(EXTENSION.subjectAltName, sequence(der(0x82, Buffer.from(host)))),
			),
		),
	);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
	const base64 = sequence(content, ecdsaWithSha256, signature).toString('base64');
	return {
		cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
	};
}
