import { ConfigError } from '#lib/config.ts';

// What a wrong DATABASE_URL leads to: no server, no such host, wrong password, no database; no such or no writable file.
const DATABASE =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|28P01|28000|3D000|SQLITE_(CANTOPEN|NOTADB|READONLY)|EACCES|ENOTDIR|EEXIST|EROFS)/;

function listenFailure(code: string, message: string): string | undefined {
	if (code === 'EADDRINUSE') return 'PORT is taken by another process; stop that one or set another PORT.';
	if (code === 'EACCES') return 'PORT needs a right that this user has not; set PORT to 1024 or more.';
	return `HOST names no address of this machine (${message}).`;
}

/** The sentence for a failure that a setting explains; undefined for a bug. */
export function settingFailure(error: unknown): string | undefined {
	if (error instanceof ConfigError) return error.message;
	const { code = '', syscall, message } = error as NodeJS.ErrnoException;
	if (syscall === 'listen') return listenFailure(code, message);
	return DATABASE.test(code)
		? `DATABASE_URL: the database cannot be opened (${message || code}).`
		: undefined;
}
