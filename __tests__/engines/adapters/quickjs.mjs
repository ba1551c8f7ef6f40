// QuickJS as WebAssembly, in this process. It has no event loop: jobs are run until none is left.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installFromNpm, NotRun } from '../install.mjs';

export async function open(engine, { folder, limitMs }) {
  const load = createRequire(join(installFromNpm(folder, engine.npm), 'from-here.js'));
  let quickjs;
  try {
    quickjs = await load('quickjs-emscripten').getQuickJS();
  } catch (error) {
    throw new NotRun(`it does not start: ${error.message}`);
  }
  return {
    version: `${engine.npm['quickjs-emscripten']} (quickjs-emscripten)`,
    run: (script) => Promise.resolve(run(quickjs, script, limitMs)),
  };
}

function run(quickjs, script, limitMs) {
  const runtime = quickjs.newRuntime();
  const deadline = Date.now() + limitMs;
  runtime.setInterruptHandler(() => Date.now() > deadline);
  const context = runtime.newContext();
  const lines = [];
  const print = context.newFunction('print', (line) => {
    lines.push(context.getString(line));
  });
  context.setProp(context.global, 'print', print);
  const failure =
    evaluate(context, `${script}\nthroughlineSuite(print);`) ?? runJobs(runtime, context);
  print.dispose();
  context.dispose();
  runtime.dispose();
  return { lines: lines.join('\n'), remark: failure };
}

function evaluate(context, code) {
  const result = context.evalCode(code, 'suite.js');
  const failure = result.error && JSON.stringify(context.dump(result.error));
  (result.error ?? result.value).dispose();
  return failure;
}

function runJobs(runtime, context) {
  while (runtime.hasPendingJob()) {
    const result = runtime.executePendingJobs();
    if (!result.error) continue;
    const failure = JSON.stringify(context.dump(result.error));
    result.error.dispose();
    return failure;
  }
  return undefined;
}
