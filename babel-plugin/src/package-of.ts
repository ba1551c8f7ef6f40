const PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;

/** Returns the name of the dependency that a file belongs to; undefined for the program's own files. */
export function packageOf(file: string): string | undefined {
  return PACKAGE.exec(file)?.[1]!.replaceAll('\\', '/');
}

/** Returns the folder of the dependency that a file belongs to; undefined for the program's own files. */
export function packageFolderOf(file: string): string | undefined {
  return PACKAGE.exec(file)?.[0];
}
