// The privacy notice: content with a version, which an administrator edits; what was agreed to stays readable.
import MarkdownIt from 'markdown-it';

export const NOTICE = 'privacy';
export const MAX_BODY = 20_000;

const markdown = new MarkdownIt({ html: false, linkify: false }).disable('image');

/** Markdown as HTML; HTML in the text stays text, and no link leads to a script. */
export const renderMarkdown = (text: string): string => markdown.render(text);

/** Takes the title off a text that begins with one (`# …`). */
export function splitTitle(text: string): { title: string; body: string } {
	const match = /^#\s+(.+)\n+/.exec(text);
	return match ? { title: match[1]!.trim(), body: text.slice(match[0].length) } : { title: '', body: text };
}
