import type { Site } from '../lib/url.ts';

/** Where this build will be published, as `SITE_URL` and `BASE_PATH` said. */
export const site: Site = { origin: import.meta.env.SITE, base: import.meta.env.BASE_URL };
