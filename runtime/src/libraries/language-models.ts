import {
  branch,
  currentFrame,
  end,
  isPromise,
  resume,
  resumeIfSuspended,
  run,
  runIn,
  suspend,
} from '../kernel/index.js';
import type { LibraryMethods, Replace } from '../methods/replace.js';
import { attempt } from '../operations/attempt.js';
import { rememberCaller } from '../operations/called-from.js';
import { followIn } from '../operations/followed.js';
import { beginOperation, endOperation, failure } from '../operations/operation-events.js';
import type { Operation } from '../operations/operation-events.js';
import { endWhenSettled } from '../operations/settled.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';

/** A request of the clients of OpenAI and Anthropic. */
interface ModelRequest {
  readonly path?: string;
  readonly body?: { readonly model?: unknown } | null;
}

/** The promise that both return. It reads the answer when somebody asks for the result. */
interface LazyAnswer {
  parsedPromise?: Promise<unknown>;
  readonly responsePromise?: Promise<unknown>;
  /** Reads the answer, whose head `makeRequest` has returned. */
  parseResponse: (client: unknown, head: object) => unknown;
}

/** The paths whose requests are operations, and what they are called (OpenTelemetry, "Generative AI"). */
const MODEL_PATHS: readonly (readonly [RegExp, operation: string])[] = [
  [/\/(?:chat\/completions|responses|messages)$/, 'chat'],
  [/\/completions$/, 'text_completion'],
  [/\/embeddings$/, 'embeddings'],
];

function beginAsking(provider: string, { path = '', body }: ModelRequest): Operation | undefined {
  const [, name] = MODEL_PATHS.find(([pattern]) => pattern.test(path)) ?? [];
  if (name === undefined) return undefined;
  const model = String(body?.model ?? '');
  return beginOperation(`${name} ${model}`.trim(), 'client', {
    'gen_ai.operation.name': name,
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model || undefined,
  });
}

/** The operations whose answers were not read yet, by the heads of their answers. */
const unread = new WeakMap<object, Operation>();

/**
 * Stands for `makeRequest(request, retriesLeft, retryOf)`, which returns a promise of the head of an answer, and calls itself for
 * each further attempt. The request may be a promise, too.
 */
function asksModel(provider: string): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const [request, retriesLeft, retryOf, ...more] = args as readonly unknown[];
      const ask = (known: unknown): unknown =>
        Reflect.apply(method, this, [known, retriesLeft, retryOf, ...more]);
      if (retryOf !== undefined) return ask(request);
      const asked = (): unknown => askModel(provider, request, ask);
      return runIn(rememberCaller(branch(currentFrame())), asked, undefined, []);
    };
}

function askModel(provider: string, request: unknown, ask: (known: unknown) => unknown): unknown {
  return run(async (strand) => {
    let begun: Operation | undefined;
    let takeIn = (): void => {};
    try {
      const known = resume(strand, await suspend(strand, request));
      begun = attempt(() => beginAsking(provider, Object(known) as ModelRequest));
      if (begun === undefined) return resume(strand, await suspend(strand, ask(known)));
      // The client calls the function `fetch` that it was made with, which is seldom an instrumented one.
      const followed = followIn(branch(currentFrame()).with(client.traceSlot, begun.trace));
      ({ takeIn } = followed);
      const answered = runIn(followed.frame, () => ask(known), undefined, []);
      const head = resume(strand, await suspend(strand, answered)) as object;
      takeIn();
      unread.set(head, begun);
      return head;
    } catch (error) {
      resumeIfSuspended(strand);
      takeIn();
      if (begun !== undefined) endOperation(begun, failure(error));
      throw error;
    } finally {
      end(strand);
    }
  });
}

/** Stands for `parse()`, which reads an answer the first time. The operation ends when it is read. */
const readsAnswer: Replace = (method) =>
  function (this: LazyAnswer, ...args: never[]): unknown {
    if (this.parsedPromise === undefined) this.parseResponse = endingWith(this.parseResponse);
    return Reflect.apply(method, this, args);
  };

/** Stands for `asResponse()`, of which the program reads the answer itself: the operation ends with its head. */
const givesAnswer: Replace = (method) =>
  function (this: LazyAnswer, ...args: never[]): unknown {
    const given: unknown = Reflect.apply(method, this, args);
    // Who asks for both reads it here as well.
    if (this.parsedPromise !== undefined || !isPromise(given)) return given;
    const { responsePromise } = this;
    return run(async (strand) => {
      try {
        const response = resume(strand, await suspend(strand, given));
        const head = resume(strand, await suspend(strand, responsePromise)) as object;
        const begun = unread.get(head);
        if (begun !== undefined) {
          unread.delete(head);
          endOperation(begun, { status: 'ok' });
        }
        return response;
      } finally {
        end(strand);
      }
    });
  };

function endingWith(parseResponse: LazyAnswer['parseResponse']): LazyAnswer['parseResponse'] {
  return function (this: unknown, ...args) {
    const [, head] = args;
    const parsed: unknown = Reflect.apply(parseResponse, this, args);
    const begun = unread.get(head);
    if (begun === undefined) return parsed;
    unread.delete(head);
    return endWhenSettled(begun, parsed, {
      outcome: (value) => ({ status: 'ok', fields: attempt(() => answerFields(value)) ?? {} }),
    });
  };
}

/** What an answer says of its cost, and of what the model wants to be done next. */
function answerFields(answer: unknown): Fields {
  const { model, usage, choices, stop_reason, content, output, status } = Object(answer) as Answer;
  const tools = [
    ...(choices ?? []).flatMap(({ message }) => message?.tool_calls ?? []).map(toolName),
    ...(content ?? []).filter(({ type }) => type === 'tool_use').map(toolName),
    ...(output ?? []).filter(({ type }) => type === 'function_call').map(toolName),
  ];
  const reasons = choices?.map(({ finish_reason }) => finish_reason) ?? [stop_reason ?? status];
  return {
    'gen_ai.response.model': model,
    'gen_ai.response.finish_reasons': reasons.filter(Boolean).join() || undefined,
    'gen_ai.usage.input_tokens': usage?.input_tokens ?? usage?.prompt_tokens,
    'gen_ai.usage.output_tokens': usage?.output_tokens ?? usage?.completion_tokens,
    'gen_ai.tool.names': tools.join() || undefined,
  };
}

/** The number of tokens, as the APIs call it. */
interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
}

/** The answers of chat completions, of responses, and of Anthropic's messages. */
interface Answer {
  readonly model?: string;
  readonly usage?: Usage;
  readonly status?: string;
  readonly stop_reason?: string | null;
  readonly choices?: readonly {
    readonly finish_reason?: string;
    readonly message?: { readonly tool_calls?: readonly ToolUse[] };
  }[];
  readonly content?: readonly ToolUse[];
  readonly output?: readonly ToolUse[];
}

interface ToolUse {
  readonly type?: string;
  readonly name?: string;
  readonly function?: { readonly name?: string };
}

function toolName({ name, function: called }: ToolUse): string {
  return name ?? called?.name ?? 'unknown';
}

export const languageModels: LibraryMethods = {
  '@anthropic-ai/sdk APIPromise': { asResponse: givesAnswer, parse: readsAnswer },
  '@anthropic-ai/sdk BaseAnthropic': { makeRequest: asksModel('anthropic') },
  'openai APIPromise': { asResponse: givesAnswer, parse: readsAnswer },
  'openai OpenAI': { makeRequest: asksModel('openai') },
};
