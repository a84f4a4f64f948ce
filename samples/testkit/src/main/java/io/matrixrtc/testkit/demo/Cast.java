package io.matrixrtc.testkit.demo;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who plays what in the demo.
 *
 * @param members in the order in which they are named
 */
public record Cast(List<Member> members) {
  /** Fewest and most devices. */
  public static final int MIN = 2;

  public static final int MAX = 32;

  /** What a device does in the call. */
  public enum Role {
    /** There from first to last. */
    STAYS,
    /** There from first to last, and muted for a while. */
    MUTES,
    /** Leaves in the middle, listens at the relay, comes back. */
    LEAVES,
    /** Joins when the call is running. */
    LATE,
    /** A further device of a user who is in the call already; joins when the call is running. */
    SECOND_DEVICE;

    private static final Set<Role> FROM_THE_START = EnumSet.of(STAYS, MUTES, LEAVES);

    /** Whether it is there when the media starts. */
    public boolean fromTheStart() {
      return FROM_THE_START.contains(this);
    }

    /** Whether it is there from the first frame to the last. */
    public boolean throughout() {
      return this == STAYS || this == MUTES;
    }
  }

  /**
   * One device.
   *
   * @param name for people, for example {@code bob-phone}
   * @param user local part of its user id
   * @param device its device id
   */
  public record Member(String name, String user, String device, Role role) {}

  public Cast {
    members = List.copyOf(members);
  }

  /**
   * A cast of {@code size} devices. From 4 on there are somebody who leaves and somebody who comes
   * late; from 5 on a second device; from 6 on somebody who is muted.
   *
   * @throws IllegalArgumentException if {@code size} is outside {@value #MIN} to {@value #MAX}
   */
  public static Cast of(int size) {
    if (size < MIN || size > MAX) {
      throw new IllegalArgumentException(
          "participants: want " + MIN + " to " + MAX + ", got " + size);
    }
    List<Member> all = new ArrayList<>();
    all.add(member("alice", "phone", Role.STAYS));
    all.add(member("bob", "laptop", Role.STAYS));
    all.add(member("dave", "phone", Role.LEAVES));
    all.add(member("erin", "phone", Role.LATE));
    all.add(member("bob", "phone", Role.SECOND_DEVICE));
    all.add(member("carol", "tablet", Role.MUTES));
    for (int i = 7; i <= size; i++) {
      all.add(member("guest" + (i - 6), "phone", Role.STAYS));
    }
    return new Cast(all.subList(0, size));
  }

  private static Member member(String user, String kind, Role role) {
    String device = (user + kind).toUpperCase(Locale.ROOT);
    return new Member(user + "-" + kind, user, device, role);
  }

  /** The first member with a role. */
  public Optional<Member> first(Role role) {
    return members.stream().filter(member -> member.role() == role).findFirst();
  }

  /** The local parts of all users, each once. */
  public List<String> users() {
    return members.stream().map(Member::user).distinct().toList();
  }
}
