package io.matrixrtc.session;

/**
 * Which memberships are read.
 *
 * @param stateEvents {@link MembershipForm#STATE}
 * @param stickyEvents {@link MembershipForm#STICKY_2025} and {@link MembershipForm#STICKY_2026}
 * @param drafts also {@link MembershipForm#STICKY_DRAFT}; without effect unless sticky events are
 *     read
 */
public record MemberSources(boolean stateEvents, boolean stickyEvents, boolean drafts) {
  /** Everything that deployed clients send. */
  public static final MemberSources DEPLOYED = new MemberSources(true, true, false);

  /** Drafts, too. */
  public static final MemberSources WITH_DRAFTS = new MemberSources(true, true, true);
}
