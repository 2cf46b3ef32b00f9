declare module 'virtual:history' {
  /** What `logOf` read; empty where there is no history. */
  const log: string;
  export default log;
}
