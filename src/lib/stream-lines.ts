const PAGE = 1000;

/**
 * A body of lines that are read page by page as the reader takes them; `page` gives up to `limit` lines after the first
 * `at`, and fewer when there are no more. `head` and `tail` stand around them as they are; `end` closes each line.
 */
export function streamLines(
	page: (at: number, limit: number) => Promise<string[]>,
	{ head = '', tail = '', end = '\n' }: { head?: string; tail?: string; end?: string } = {},
): ReadableStream {
	const encoder = new TextEncoder();
	let at = 0;
	return new ReadableStream({
		async pull(controller) {
			const lines = await page(at, PAGE);
			const isLast = lines.length < PAGE;
			const text = `${at === 0 ? head : ''}${lines.map((line) => line + end).join('')}${isLast ? tail : ''}`;
			at += lines.length;
			if (text !== '') controller.enqueue(encoder.encode(text));
			if (isLast) controller.close();
		},
	});
}
