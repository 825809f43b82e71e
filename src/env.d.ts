declare namespace App {
	interface Locals {
		db: import('#lib/db.ts').Db;
		config: import('#lib/config.ts').Config;
		/** The instant of this request, in milliseconds UTC. */
		now: number;
		locale: import('#lib/i18n.ts').Locale;
		t: import('#lib/i18n.ts').Translate;
		/** Who is signed in. */
		actor: import('#features/accounts/actor.ts').Actor | undefined;
		publicUrl: string;
		samplesShown: boolean;
		/** What the visitor typed, kept for the page that shows it again beside an error. */
		form: FormData | undefined;
		formError: import('#lib/errors.ts').DomainError | undefined;
		/** An expected failure that no page of its own shows. */
		refusal: import('#lib/errors.ts').DomainError | undefined;
		/** Stands in the log beside an unexpected failure. */
		errorId: string | undefined;
	}
}
