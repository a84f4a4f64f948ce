package io.matrixrtc.homeserver.rooms;

/** Event types that the server itself reads or writes. */
public final class EventType {
  public static final String CREATE = "m.room.create";
  public static final String MEMBER = "m.room.member";
  public static final String POWER_LEVELS = "m.room.power_levels";
  public static final String JOIN_RULES = "m.room.join_rules";
  public static final String HISTORY_VISIBILITY = "m.room.history_visibility";
  public static final String GUEST_ACCESS = "m.room.guest_access";
  public static final String CANONICAL_ALIAS = "m.room.canonical_alias";
  public static final String NAME = "m.room.name";
  public static final String TOPIC = "m.room.topic";
  public static final String AVATAR = "m.room.avatar";
  public static final String ENCRYPTION = "m.room.encryption";
  public static final String REDACTION = "m.room.redaction";

  private EventType() {}
}
