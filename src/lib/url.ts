/** Where the site is published. */
export interface Site {
  /** Its origin: `https://handbook.example`. */
  origin: string;
  /** The path that it lives under, with a slash at both ends: `/` or `/handbook/`. */
  base: string;
}

/** The address of `path` (`api/pagination/`, or `/api/pagination/`) within the site: it begins with the base. */
export const linkTo = (path: string, base: string) => base.replace(/\/?$/, '/') + path.replace(/^\//, '');

/** The whole address of `path`, for text that leaves the site. */
export const absolute = (path: string, site: Site) => new URL(linkTo(path, site.base), site.origin).href;
