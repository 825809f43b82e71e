import { expect, test } from 'vitest';
import { renderNote, renderPage } from '#lib/markdown.ts';

test.each([
	['<script>alert(1)</script>', '&lt;script&gt;'],
	['<img src=x onerror=alert(1)>', '&lt;img'],
	['[x](javascript:alert(1))', '[x]'],
	['![x](https://else.where/a.png)', '!<a'],
])('what is written as %s stays harmless', (text, says) => {
	for (const render of [renderNote, renderPage]) {
		const html = render(text);
		expect(html).toContain(says);
		expect(html).not.toMatch(/<(script|img)|javascript:alert\(1\)"/);
	}
});

test('a note has lists, emphasis, its own line breaks and links, and no headings', () => {
	expect(renderNote('- chổi\n- **xẻng**')).toBe(
		'<ul>\n<li>chổi</li>\n<li><strong>xẻng</strong></li>\n</ul>\n',
	);
	expect(renderNote('một\nhai')).toBe('<p>một<br>\nhai</p>\n');
	expect(renderNote('# Tiêu đề')).toBe('<p># Tiêu đề</p>\n');
	expect(renderNote('[sơ đồ](https://a.vn)')).toContain('rel="nofollow noopener"');
	expect(renderPage('# Tiêu đề')).toContain('<h1>');
});
