import { currentFrame, runIn, Token } from '../kernel/index.js';
import type { AnyFunction } from '../kernel/index.js';

interface Cloneable {
  clone(): this;
}

/** The part of `@sentry/core` that is used here, from version 8 on. */
export interface SentryCore<S extends Cloneable> {
  getDefaultCurrentScope(): S;
  getDefaultIsolationScope(): S;
  setAsyncContextStrategy(strategy: ScopeStrategy<S>): void;
}

/** The strategy that Sentry asks for its scopes. */
export interface ScopeStrategy<S> {
  withScope<T>(callback: (scope: S) => T): T;
  withSetScope<T>(scope: S, callback: (scope: S) => T): T;
  withIsolationScope<T>(callback: (isolationScope: S) => T): T;
  withSetIsolationScope<T>(isolationScope: S, callback: (isolationScope: S) => T): T;
  getCurrentScope(): S;
  getIsolationScope(): S;
}

interface Scopes<S> {
  readonly scope: S;
  readonly isolationScope: S;
}

/**
 * Makes Sentry's scopes, and so its spans, follow causality. In browsers, where otherwise every span becomes a
 * child of the root span, they get the right parents. Call it once, after `Sentry.init`.
 *
 * @example
 * import * as SentryCore from '@sentry/core';
 * setSentryStrategy(SentryCore);
 */
export function setSentryStrategy<S extends Cloneable>(core: SentryCore<S>): void {
  const slot = new Token<Scopes<S> | undefined>(undefined, {});
  const scopes = (): Scopes<S> =>
    currentFrame().get(slot) ?? {
      scope: core.getDefaultCurrentScope(),
      isolationScope: core.getDefaultIsolationScope(),
    };
  const within = <T>(set: Scopes<S>, callback: (scope: S) => T, given: S): T =>
    runIn(currentFrame().with(slot, set), callback as AnyFunction, undefined, [given]) as T;

  core.setAsyncContextStrategy({
    withScope(callback) {
      const scope = scopes().scope.clone();
      return within({ ...scopes(), scope }, callback, scope);
    },
    withSetScope(scope, callback) {
      return within({ ...scopes(), scope }, callback, scope);
    },
    withIsolationScope(callback) {
      const [scope, isolationScope] = [scopes().scope.clone(), scopes().isolationScope.clone()];
      return within({ scope, isolationScope }, callback, isolationScope);
    },
    withSetIsolationScope(isolationScope, callback) {
      return within({ scope: scopes().scope.clone(), isolationScope }, callback, isolationScope);
    },
    getCurrentScope: () => scopes().scope,
    getIsolationScope: () => scopes().isolationScope,
  });
}
