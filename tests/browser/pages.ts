/** One page of each kind, by its path below the site's root. */
export const KINDS = {
  home: './',
  chapter: 'api/',
  topic: 'api/pagination/',
  'topic without a native program': 'postgres/indexes/',
  checklist: 'checklist/',
  'error codes': 'error-codes/',
  'threat map': 'security/threat-map/',
  skill: 'skill/',
  versions: 'versions/',
  licence: 'licence/',
};
