// A mail server that the tests run themselves, and what arrives there.
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type Mailbox = {
	/** For `SMTP_URL`. */
	url: string;
	/** What has arrived, in order. */
	letters: ParsedMail[];
	/** Answers the next letters with these codes instead of taking them. */
	refuse(...codes: number[]): void;
	close(): Promise<void>;
};

export async function openMailbox(): Promise<Mailbox> {
	const letters: ParsedMail[] = [];
	const refusals: number[] = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		// The portal keeps its connection.
		closeTimeout: 100,
		onData: (stream, _session, done) => {
			void simpleParser(stream).then((letter) => {
				const code = refusals.shift();
				if (code !== undefined) return done(Object.assign(new Error('no'), { responseCode: code }));
				letters.push(letter);
				done();
			}, done);
		},
	});
	server.on('error', () => {});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `smtp://127.0.0.1:${port}`,
		letters,
		refuse: (...codes) => void refusals.push(...codes),
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

/** The address in a letter that leads to a page of the portal, without the portal's own part. */
export function linkIn({ text }: ParsedMail, path: string): string {
	const found = /https?:\/\/[^\s]+/g;
	const url = [...(text ?? '').matchAll(found)]
		.map(([each]) => new URL(each))
		.find((each) => each.pathname === path);
	if (!url) throw new Error(`no link to ${path} in: ${text}`);
	return url.pathname + url.search;
}
