import { prelude, runTraced } from '../operations/program';
import type { Finished } from '../operations/program';
import { Project } from './project';

/** Runs a program that logs its operations. It begins with the prelude of such programs. */
type Run = (code: string, env?: Record<string, string>) => Promise<Finished>;

/** Installs packages for the tests of a file, and returns a function that runs programs beside them. */
export function programsWith(packages: readonly string[]): Run {
  let project: Project;
  beforeAll(async () => {
    project = await Project.with(packages);
  });
  return (code, env) => runTraced(project.folder, 'program.mjs', prelude + code, env);
}
