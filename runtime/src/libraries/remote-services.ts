import { branch, currentFrame, isPromise, runIn } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';
import { attempt } from '../operations/attempt.js';
import { followIn } from '../operations/followed.js';
import { beginOperation, endOperation } from '../operations/operation-events.js';
import type { Operation } from '../operations/operation-events.js';
import { endWhenSettled } from '../operations/settled.js';
import { client } from '../xtrace/log.js';
import type { Fields } from '../xtrace/log.js';
import { calls } from './replace.js';
import type { Described, LibraryMethods, Replace } from './replace.js';

/** A client of one service of AWS. */
interface AwsClient {
  readonly config?: { readonly serviceId?: string };
}

function awsCommand({ config }: AwsClient, [command]: readonly unknown[]): Described {
  const name = (command as object).constructor.name.replace(/Command$/, '');
  const service = config?.serviceId ?? 'AWS';
  return {
    label: `${service}.${name}`,
    fields: { 'rpc.system.name': 'aws-api', 'rpc.service': service, 'rpc.method': name },
  };
}

/** The options of a request to a language model, as the clients of OpenAI and Anthropic pass them on. */
interface ModelRequest {
  readonly body?: { readonly model?: unknown };
}

/** What both clients return: a promise that reads the answer only when somebody asks for it. */
interface LazyAnswer {
  responsePromise: Promise<unknown>;
  parseResponse: (...args: never[]) => Promise<unknown>;
}

/** The paths whose requests are operations, and what they are called (OpenTelemetry, "Generative AI"). */
const MODEL_PATHS: readonly (readonly [RegExp, operation: string])[] = [
  [/\/(?:chat\/completions|responses|messages)$/, 'chat'],
  [/\/completions$/, 'text_completion'],
  [/\/embeddings$/, 'embeddings'],
];

/** Stands for `methodRequest(verb, path, options)` of a client of language models. */
function asksModel(provider: string): Replace {
  return (method) =>
    function (this: unknown, ...args: never[]): unknown {
      const [, path, { body } = {}] = args as unknown as [string, string, ModelRequest?];
      const [, name] = MODEL_PATHS.find(([pattern]) => pattern.test(path)) ?? [];
      const ask = (): unknown => Reflect.apply(method, this, args);
      if (name === undefined) return ask();
      const model = String(body?.model ?? '');
      const begun = beginOperation(`${name} ${model}`.trim(), 'client', {
        'gen_ai.operation.name': name,
        'gen_ai.provider.name': provider,
        'gen_ai.request.model': model || undefined,
      });
      // The client calls the function `fetch` that it was made with, which is seldom an instrumented one.
      const { frame, takeIn } = followIn(
        branch(currentFrame()).with(client.traceSlot, begun.trace),
      );
      const answer = runIn(frame, ask, undefined, []);
      if (isLazy(answer)) endWithAnswer(begun, answer, takeIn);
      else endOperation(begun, { status: 'ok' });
      return answer;
    };
}

function isLazy(answer: unknown): answer is LazyAnswer {
  const { responsePromise, parseResponse } = Object(answer) as Partial<LazyAnswer>;
  return isPromise(responsePromise) && typeof parseResponse === 'function';
}

/** Ends an operation when its answer is read, or when there is none. The promise stays the one that the client has made. */
function endWithAnswer(begun: Operation, answer: LazyAnswer, ending: () => void): void {
  const { responsePromise, parseResponse } = answer;
  let isRead = false;
  answer.responsePromise = endWhenSettled(begun, responsePromise, {
    ending,
    outcome: () => undefined,
  });
  answer.parseResponse = function (this: unknown, ...args: never[]): Promise<unknown> {
    const parsed = Reflect.apply(parseResponse as AnyFunction, this, args) as Promise<unknown>;
    // It is read again for each promise that the program derives from this one.
    if (isRead) return parsed;
    isRead = true;
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

export const remoteServices: LibraryMethods = {
  '@anthropic-ai/sdk BaseAnthropic': { methodRequest: asksModel('anthropic') },
  '@smithy/core Client': { send: calls(awsCommand, { takesCallback: true }) },
  '@smithy/smithy-client Client': { send: calls(awsCommand, { takesCallback: true }) },
  'openai OpenAI': { methodRequest: asksModel('openai') },
};
