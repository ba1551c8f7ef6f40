/** The matchers that are added to `expect`. `R` is the return type of a matcher. */
export interface CausalMatchers<R> {
  /**
   * Asserts that the event led to another one, by causality and not by the clock. Both are event ids, as returned
   * by `log()`, or labels of events of the running test. Fails, also with `.not`, when there is no such event or
   * several events have the label.
   *
   * @example
   * expect('order placed').toHaveCaused('mail sent');
   */
  toHaveCaused(event: string): R;
  /**
   * Asserts that the event came before another one, by causality and not by the clock. Makes the same check as
   * `toHaveCaused`, with another message. Events of two strands that did not wait for each other have no order.
   *
   * @example
   * expect(log('locked')).toHappenBefore('written');
   */
  toHappenBefore(event: string): R;
}
