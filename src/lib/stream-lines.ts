const PAGE = 1000;

/**
 * A body of lines that are read page by page as the reader takes them; `page` gives up to `limit` lines after the first
 * `at`, and fewer when there are no more.
 */
export function streamLines(page: (at: number, limit: number) => Promise<string[]>): ReadableStream {
	const encoder = new TextEncoder();
	let at = 0;
	return new ReadableStream({
		async pull(controller) {
			const lines = await page(at, PAGE);
			at += lines.length;
			if (lines.length > 0) controller.enqueue(encoder.encode(lines.map((line) => `${line}\n`).join('')));
			if (lines.length < PAGE) controller.close();
		},
	});
}
