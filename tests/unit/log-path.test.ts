import { expect, test } from 'vitest';
import { pathToLog } from '#lib/log-path.ts';

test.each([
	['/lop/abc_DEF-123', '/lop/…'],
	['/en/lop/abc_DEF-123', '/en/lop/…'],
	['/lop/abc_DEF-123/', '/lop/…/'],
	['/lop', '/lop'],
	['/quy/lop/x', '/quy/lop/x'],
	['/cua-toi/truong/lop/x', '/cua-toi/truong/lop/x'],
])('%s stands in a log as %s', (path, logged) => expect(pathToLog(path)).toBe(logged));
