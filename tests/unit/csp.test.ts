import { expect, test } from 'vitest';
import { withTileOrigin } from '#lib/csp.ts';

const HEADER = "default-src 'self'; img-src 'self' data: blob:; connect-src 'self'";

test('without tiles the header stays as the build wrote it', () => {
	expect(withTileOrigin(HEADER, undefined)).toBe(HEADER);
});

test.each([
	['https://tiles.example.vn/{z}/{x}/{y}.png', 'https://tiles.example.vn'],
	['https://tiles.example.vn:8443/a/{z}/{x}/{y}.png?key=1;2', 'https://tiles.example.vn:8443'],
	['http://localhost:8080/{z}/{x}/{y}.png', 'http://localhost:8080'],
	['https://{s}.tile.example.org/{z}/{x}/{y}.png', 'https://*.tile.example.org'],
	['https://tiles-{s}.example.org/{z}/{x}/{y}.png', 'https://*.example.org'],
])('%s lets images in from its origin and nothing else', (tileUrl, origin) => {
	expect(withTileOrigin(HEADER, tileUrl)).toBe(
		`default-src 'self'; img-src 'self' data: blob: ${origin}; connect-src 'self'`,
	);
});
