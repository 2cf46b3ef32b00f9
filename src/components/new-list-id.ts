/** An id that no other list has, in this browser or in another: tabs make lists at the same time, and files carry them. */
export const newListId = () =>
  `l${Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('')}`;
