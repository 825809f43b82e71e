// A browser without a window: keeps its cookies, follows no redirect.
export type Client = {
	send(path: string, init?: RequestInit): Promise<Response>;
	/** Sends a form as a page of the portal does. */
	post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
	cookies: Map<string, string>;
};

/** `replayed` is what another client's cookies were: they are sent whatever the server answers. */
export function makeClient(baseUrl: string, replayed?: Map<string, string>): Client {
	const cookies = new Map<string, string>(replayed);
	async function send(path: string, init: RequestInit = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		if (cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
		const response = await fetch(baseUrl + path, { redirect: 'manual', ...init, headers });
		for (const cookie of replayed ? [] : response.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
			if (value === '') cookies.delete(name!);
			else cookies.set(name!, value!);
		}
		return response;
	}
	return {
		send,
		post: (path, fields, headers = {}) =>
			send(path, { method: 'POST', body: new URLSearchParams(fields), headers }),
		cookies,
	};
}

/** A client that has signed in. */
export async function signInClient(
	baseUrl: string,
	person: { phone: string; password: string; recoveryCodes?: string[] },
): Promise<Client> {
	const client = makeClient(baseUrl);
	const { phone: name, password } = person;
	let response = await client.post('/dang-nhap?_action=accounts.signIn', { name, password });
	const code = person.recoveryCodes?.pop();
	if (response.status === 303 && code !== undefined)
		response = await client.post('/dang-nhap/buoc-hai?_action=accounts.confirm', { code });
	if (response.status !== 303) throw new Error(`${name} could not sign in: ${response.status}`);
	return client;
}

/** What a page says in its note of an error. */
export const alertOf = (html: string): string | undefined =>
	/role="alert"[^>]*>\s*(?:<span>)?\s*([^<]*?)\s*</.exec(html)?.[1];

/** What a page says beside a field that it refuses; the field is marked and points to that sentence. */
export function fieldErrorOf(html: string, name: string): string | undefined {
	const tag = new RegExp(`<(?:input|select|textarea)[^>]* name="${name}"[^>]*>`).exec(html)?.[0] ?? '';
	const id = /aria-invalid="true".* aria-describedby="([^"]+)"/.exec(tag)?.[1];
	return id && new RegExp(`id="${id}"[^>]*>\\s*([^<]*?)\\s*<`).exec(html)?.[1];
}
