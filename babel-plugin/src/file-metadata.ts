/** What the plugin tells of a file, in Babel's `metadata` of it. */
export interface FileMetadata {
  readonly throughline?: {
    /** The file's name in its table of sites. */
    readonly file: string;
    /** Its table of sites. */
    readonly sites: readonly string[];
    /** False if the code is as it was. */
    readonly isChanged: boolean;
  };
}
