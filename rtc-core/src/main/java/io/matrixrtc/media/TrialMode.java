package io.matrixrtc.media;

/** What a receiver does with a frame that the installed generation of its key does not open. */
public enum TrialMode {
  /**
   * Ours: tries the previous generation for two seconds after a change, then every generation of
   * the window. Each generation is derived once and kept, so that a frame costs at most window + 2
   * openings, and unauthentic frames cost at most {@code window} derivations in all between two
   * authentic steps. Failures are counted and never refuse a good frame.
   */
  WALK,
  /**
   * As livekit-client: tries one step, which then replaces the installed generation; setting a key
   * again forgets the generation; too many failures refuse the index until a new key comes. For
   * simulations and vectors.
   */
  ONE_STEP
}
