// The privacy notice: content with a version, which an administrator edits; what was agreed to stays readable.
import { renderPage } from '#lib/markdown.ts';

export const NOTICE = 'privacy';
/** A form's text may have 10,000 characters, and a browser sends a line's end as two. */
export const MAX_BODY = 9000;

type Text = { title: string; body: string };
/** The notice in both languages. */
export type NoticeTexts = { vi: Text; en: Text };

/** The texts out of a form's fields `title-vi`, `body-vi`, `title-en` and `body-en`. */
export const readNotice = (field: (name: string) => string): NoticeTexts => ({
	vi: { title: field('title-vi'), body: field('body-vi') },
	en: { title: field('title-en'), body: field('body-en') },
});

const BLANK = /\[\[([^[\]\n]{1,200})\]\]/g;

/** What `[[…]]` in a text still asks the administrator to fill in, each once. */
export const listUnfilled = (text: string): string[] => [
	...new Set([...text.matchAll(BLANK)].map(([, blank]) => blank!.trim())),
];

/**
 * Markdown as HTML; HTML in the text stays text, and no link leads to a script.
 * @param sayBlank what stands for a `[[…]]` that nobody has filled in yet
 */
export const renderMarkdown = (text: string, sayBlank: (blank: string) => string): string =>
	renderPage(text.replaceAll(BLANK, (_, blank: string) => sayBlank(blank.trim())));

/** Takes the title off a text that begins with one (`# …`). */
export function splitTitle(text: string): { title: string; body: string } {
	const match = /^#\s+(.+)\n+/.exec(text);
	return match ? { title: match[1]!.trim(), body: text.slice(match[0].length) } : { title: '', body: text };
}
