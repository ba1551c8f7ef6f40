import type { NodePath, types as BabelTypes } from '@babel/core';

/** Facts about a function, or about the module for top-level await, collected while its body is visited. */
export interface Activation {
  /** Number of times it leaves its strand: `await`, `yield` of an async generator, steps of `for await`. */
  suspensions: number;
  /** It calls `eval` directly, or a function in it does: variables may be assigned to invisibly. */
  hasEval: boolean;
  /** It uses `super`, or an arrow in it does. */
  usesSuper: boolean;
  /** It uses `this`, `super`, `new.target` or `arguments`, or an arrow in it does. */
  usesReceiver: boolean;
  /** Its number in the table of sites, when it starts a strand. */
  site: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly isArrow: boolean;
  /** A generator whose body runs in the frame in which it was created. */
  readonly runsWhereCreated: boolean;
  /** Its returns of values that may be promises: statements, or the arrow itself if its body is an expression. */
  readonly returns: Set<BabelTypes.ReturnStatement | BabelTypes.ArrowFunctionExpression>;
  /** Its other returns. */
  readonly otherReturns: Set<BabelTypes.ReturnStatement>;
  /** A `finally` in it may override a return. Then every return must undo an earlier adoption. */
  overrules: boolean;
  /** Code of it may run after the returned value is known: a `finally`, a `using`, or the end of a `for of`. */
  needsNative: boolean;
}

/** Returns the facts about a function at the start of its visit. */
export function activationOf(
  { async: isAsync, generator: isGenerator, type }: Partial<BabelTypes.Function>,
  runsWhereCreated = false,
): Activation {
  return {
    runsWhereCreated,
    isArrow: type === 'ArrowFunctionExpression',
    suspensions: 0,
    site: 0,
    hasEval: false,
    usesSuper: false,
    usesReceiver: false,
    isAsync: Boolean(isAsync),
    isGenerator: Boolean(isGenerator),
    returns: new Set(),
    otherReturns: new Set(),
    overrules: false,
    needsNative: false,
  };
}

/** The functions around the code that is being visited, and the module. */
export class Activations {
  /** Innermost last; the first is the module. */
  private readonly stack: Activation[] = [activationOf({ async: true })];

  /** The innermost function around the visited code, or the module. */
  get current(): Activation {
    return this.stack[this.stack.length - 1]!;
  }

  /** The module, which is a strand if it has a top-level `await`. */
  get module(): Activation {
    return this.stack[0]!;
  }

  enter(activation: Activation): void {
    this.stack.push(activation);
  }

  leave(): Activation {
    return this.stack.pop()!;
  }

  /** Notes a direct `eval`, which every function around it has to allow for. */
  noteEval(): void {
    for (const activation of this.stack) activation.hasEval = true;
  }

  noteSuper(): void {
    for (const activation of this.stack) activation.usesSuper = true;
  }

  /** Notes the use of what only a function has, for the arrows around it and for that function. */
  noteReceiver(): void {
    for (let index = this.stack.length - 1; index >= 0; index--) {
      this.stack[index]!.usesReceiver = true;
      if (!this.stack[index]!.isArrow) return;
    }
  }

  /**
   * Returns the activation that evaluates an expression. The computed key and the decorators of a method are
   * evaluated by the function around the method.
   */
  at(path: NodePath): Activation {
    let index = this.stack.length - 1;
    for (let at = path; index > 0 && at.parentPath; at = at.parentPath) {
      if (!at.parentPath.isFunction()) continue;
      if (at.key !== 'key' && at.listKey !== 'decorators') break;
      index--;
    }
    return this.stack[index]!;
  }
}
