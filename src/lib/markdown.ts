import MarkdownIt from 'markdown-it';

const page = new MarkdownIt({ html: false, linkify: false }).disable('image');
// Lines stay where they were broken; nothing looks like a heading of the page.
const note = new MarkdownIt({ html: false, linkify: false, breaks: true }).disable([
	...['image', 'heading', 'lheading', 'hr', 'table', 'code', 'fence', 'html_block', 'html_inline'],
]);
note.renderer.rules['link_open'] = (tokens, index, options, _, self) => {
	tokens[index]!.attrSet('rel', 'nofollow noopener');
	return self.renderToken(tokens, index, options);
};

/** A page's text as HTML; HTML in the text stays text, and no link leads to a script. */
export const renderPage = (text: string): string => page.render(text);

/** What people write about their own things, as HTML: paragraphs, lists, emphasis and links. */
export const renderNote = (text: string): string => note.render(text);
